"""Succession: the policy, risks as scored, pairs as decided, transfer plans with their steps and reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.tables import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "succession_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column(
            "departures",
            sa.Enum(
                "announced",
                "hr_announced",
                "declared",
                "bands",
                name="departurevisibility",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("smallest_group", sa.Integer(), nullable=False),
        sa.Column("notice_fr", sa.Text(), nullable=False),
        sa.Column("notice_en", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession_policy")),
    )
    op.create_table(
        "pair_decisions",
        sa.Column("leaver_id", sa.String(length=420), nullable=False),
        sa.Column("area_id", sa.String(length=420), nullable=False),
        sa.Column("successor_id", sa.String(length=420), nullable=False),
        sa.Column(
            "stance", sa.Enum("pinned", "forbidden", name="pairstance", native_enum=False, length=30), nullable=False
        ),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=420), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_pair_decisions_area_id_areas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_pair_decisions_decided_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["leaver_id"], ["people.id"], name=op.f("fk_pair_decisions_leaver_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["people.id"], name=op.f("fk_pair_decisions_successor_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("leaver_id", "area_id", "successor_id", name=op.f("pk_pair_decisions")),
    )
    with op.batch_alter_table("pair_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pair_decisions_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_pair_decisions_successor_id"), ["successor_id"], unique=False)

    op.create_table(
        "risk_scores",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("area_id", sa.String(length=420), nullable=False),
        sa.Column("unit_id", sa.String(length=420), nullable=False),
        sa.Column("scored_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("scored_by", sa.String(length=420), nullable=True),
        sa.Column("role_criticality", sa.Integer(), nullable=False),
        sa.Column("knowledge_concentration", sa.Integer(), nullable=False),
        sa.Column("tacit_depth", sa.Integer(), nullable=False),
        sa.Column("system_risk", sa.Integer(), nullable=False),
        sa.Column("replacement_difficulty", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_risk_scores_area_id_areas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["scored_by"], ["people.id"], name=op.f("fk_risk_scores_scored_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_risk_scores_unit_id_units"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_scores")),
    )
    with op.batch_alter_table("risk_scores", schema=None) as batch_op:
        batch_op.create_index("ix_risk_scores_area_id_unit_id", ["area_id", "unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_risk_scores_scored_by"), ["scored_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_risk_scores_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "transfer_plans",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column("created_by", sa.String(length=420), nullable=True),
        sa.Column(
            "status",
            sa.Enum("draft", "active", "completed", "abandoned", name="planstatus", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_transfer_plans_created_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_transfer_plans_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_plans")),
    )
    with op.batch_alter_table("transfer_plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_plans_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_plans_person_id"), ["person_id"], unique=False)

    op.create_table(
        "transfer_steps",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "observation",
                "mentoring",
                "recorded_talk",
                "written_practice",
                "community_session",
                "co_answering",
                "transfer_project",
                name="stepkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("area_id", sa.String(length=420), nullable=True),
        sa.Column("successor_id", sa.String(length=420), nullable=True),
        sa.Column("document_id", sa.String(length=420), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed", "planned", "under_way", "done", "dropped", name="stepstatus", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_transfer_steps_area_id_areas"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_transfer_steps_document_id_documents"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["transfer_plans.id"],
            name=op.f("fk_transfer_steps_plan_id_transfer_plans"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["people.id"], name=op.f("fk_transfer_steps_successor_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_steps")),
    )
    with op.batch_alter_table("transfer_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_steps_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_steps_successor_id"), ["successor_id"], unique=False)

    op.create_table(
        "step_reminders",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_step_reminders_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["transfer_steps.id"],
            name=op.f("fk_step_reminders_step_id_transfer_steps"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_reminders")),
    )
    with op.batch_alter_table("step_reminders", schema=None) as batch_op:
        batch_op.create_index("ix_step_reminders_person_id_at", ["person_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_step_reminders_step_id"), ["step_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("step_reminders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_reminders_step_id"))
        batch_op.drop_index("ix_step_reminders_person_id_at")

    op.drop_table("step_reminders")
    with op.batch_alter_table("transfer_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfer_steps_successor_id"))
        batch_op.drop_index(batch_op.f("ix_transfer_steps_plan_id"))

    op.drop_table("transfer_steps")
    with op.batch_alter_table("transfer_plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfer_plans_person_id"))
        batch_op.drop_index(batch_op.f("ix_transfer_plans_created_by"))

    op.drop_table("transfer_plans")
    with op.batch_alter_table("risk_scores", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_risk_scores_unit_id"))
        batch_op.drop_index(batch_op.f("ix_risk_scores_scored_by"))
        batch_op.drop_index("ix_risk_scores_area_id_unit_id")

    op.drop_table("risk_scores")
    with op.batch_alter_table("pair_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pair_decisions_successor_id"))
        batch_op.drop_index(batch_op.f("ix_pair_decisions_decided_by"))

    op.drop_table("pair_decisions")
    op.drop_table("succession_policy")
