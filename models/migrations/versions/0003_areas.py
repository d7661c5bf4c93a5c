"""Areas of expertise: what they are called, which documents are in them, what people say of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("id", sa.String(length=420), nullable=False),
        sa.Column("label_fr", sa.String(length=420), nullable=False),
        sa.Column("label_en", sa.String(length=420), nullable=False),
        sa.Column("label_key", sa.String(length=420), nullable=False),
        sa.Column("terms_fr", sa.JSON(), nullable=False),
        sa.Column("terms_en", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("found", "pinned", "hidden", "merged", "gone", name="areastatus", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("merged_into", sa.String(length=420), nullable=True),
        sa.Column("named_by_people", sa.Boolean(), nullable=False),
        sa.Column("vocabulary", sa.String(length=100), nullable=True),
        sa.Column("external_id", sa.String(length=420), nullable=True),
        sa.Column("parent_id", sa.String(length=420), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["areas.id"], name=op.f("fk_areas_merged_into_areas"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["areas.id"], name=op.f("fk_areas_parent_id_areas"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
    )
    with op.batch_alter_table("areas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_areas_label_key"), ["label_key"], unique=False)

    op.create_table(
        "area_statements",
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column("area_id", sa.String(length=420), nullable=False),
        sa.Column(
            "stance",
            sa.Enum("hidden", "knows", "wants_to_learn", name="stance", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("stated_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_area_statements_area_id_areas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_area_statements_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "area_id", name=op.f("pk_area_statements")),
    )
    with op.batch_alter_table("area_statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_statements_area_id"), ["area_id"], unique=False)

    op.create_table(
        "area_documents",
        sa.Column("area_id", sa.String(length=420), nullable=False),
        sa.Column("document_id", sa.String(length=420), nullable=False),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_area_documents_area_id_areas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_area_documents_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("area_id", "document_id", name=op.f("pk_area_documents")),
    )
    with op.batch_alter_table("area_documents", schema=None) as batch_op:
        batch_op.create_index("ix_area_documents_document_id", ["document_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("area_documents", schema=None) as batch_op:
        batch_op.drop_index("ix_area_documents_document_id")

    op.drop_table("area_documents")
    with op.batch_alter_table("area_statements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_statements_area_id"))

    op.drop_table("area_statements")
    with op.batch_alter_table("areas", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_areas_label_key"))

    op.drop_table("areas")
