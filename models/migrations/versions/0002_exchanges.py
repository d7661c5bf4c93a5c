"""What people do through Relève, and who may call: solicitations, feedback, keys, audit, webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=420), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=420), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=420), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_events_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_target"), ["target"], unique=False)

    op.create_table(
        "erasures",
        sa.Column("identity_hash", sa.String(length=64), nullable=False),
        sa.Column("erased_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("identity_hash", name=op.f("pk_erasures")),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.String(length=420), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotency")),
    )
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_created_at"), ["created_at"], unique=False)

    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("webhook_id", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_deliveries_webhook_id_webhooks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_next_attempt_at", ["next_attempt_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deliveries_webhook_id"), ["webhook_id"], unique=False)

    op.create_table(
        "community_requests",
        sa.Column("community_id", sa.String(length=420), nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column(
            "kind", sa.Enum("interest", "join", name="requestkind", native_enum=False, length=30), nullable=False
        ),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_community_requests_community_id_communities"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_community_requests_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("community_id", "person_id", "kind", name=op.f("pk_community_requests")),
    )
    with op.batch_alter_table("community_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_community_requests_person_id"), ["person_id"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("giver_id", sa.String(length=420), nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("useful", "wrong_person", "left", name="verdict", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("given_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["giver_id"], ["people.id"], name=op.f("fk_feedback_giver_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_feedback_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_giver_id"), ["giver_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_person_id"), ["person_id"], unique=False)

    op.create_table(
        "local_memberships",
        sa.Column("community_id", sa.String(length=420), nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_local_memberships_community_id_communities"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_local_memberships_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("community_id", "person_id", name=op.f("pk_local_memberships")),
    )
    with op.batch_alter_table("local_memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_local_memberships_person_id"), ["person_id"], unique=False)

    op.create_table(
        "role_grants",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column(
            "role",
            sa.Enum("manager", "evaluator", "administrator", name="organisationrole", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("unit_id", sa.String(length=420), nullable=True),
        sa.Column("granted_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_role_grants_unit_id_units"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
        sa.UniqueConstraint("person_id", "role", "unit_id", name=op.f("uq_role_grants_person_id_role_unit_id")),
    )
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grants_person_id"), ["person_id"], unique=False)

    op.create_table(
        "solicitations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("asker_id", sa.String(length=420), nullable=False),
        sa.Column("expert_id", sa.String(length=420), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("pending", "answered", "declined", "no_reply", name="outcome", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["people.id"], name=op.f("fk_solicitations_asker_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["people.id"], name=op.f("fk_solicitations_expert_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solicitations")),
    )
    with op.batch_alter_table("solicitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_solicitations_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index("ix_solicitations_expert_id_asked_at", ["expert_id", "asked_at"], unique=False)

    op.create_table(
        "endorsement_requests",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column("document_id", sa.String(length=420), nullable=False),
        sa.Column("asked_id", sa.String(length=420), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("pending", "answered", "declined", "no_reply", name="outcome", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["people.id"], name=op.f("fk_endorsement_requests_asked_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_endorsement_requests_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_endorsement_requests_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement_requests")),
    )
    with op.batch_alter_table("endorsement_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_endorsement_requests_asked_id"), ["asked_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_endorsement_requests_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("endorsement_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_endorsement_requests_person_id"))
        batch_op.drop_index(batch_op.f("ix_endorsement_requests_asked_id"))

    op.drop_table("endorsement_requests")
    with op.batch_alter_table("solicitations", schema=None) as batch_op:
        batch_op.drop_index("ix_solicitations_expert_id_asked_at")
        batch_op.drop_index(batch_op.f("ix_solicitations_asker_id"))

    op.drop_table("solicitations")
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_grants_person_id"))

    op.drop_table("role_grants")
    with op.batch_alter_table("local_memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_local_memberships_person_id"))

    op.drop_table("local_memberships")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_person_id"))
        batch_op.drop_index(batch_op.f("ix_feedback_giver_id"))

    op.drop_table("feedback")
    with op.batch_alter_table("community_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_community_requests_person_id"))

    op.drop_table("community_requests")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_webhook_id"))
        batch_op.drop_index("ix_deliveries_next_attempt_at")

    op.drop_table("deliveries")
    op.drop_table("webhooks")
    op.drop_table("secrets")
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_created_at"))

    op.drop_table("idempotency")
    op.drop_table("erasures")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_events_target"))
        batch_op.drop_index(batch_op.f("ix_audit_events_at"))
        batch_op.drop_index(batch_op.f("ix_audit_events_actor"))
        batch_op.drop_index(batch_op.f("ix_audit_events_action"))

    op.drop_table("audit_events")
    op.drop_table("api_keys")
