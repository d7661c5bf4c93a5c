"""The first schema: people, documents, communities, imports."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from models.tables import ORGANISATION_SPACE, SpaceKind, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "communities",
        sa.Column("id", sa.String(length=420), nullable=False),
        sa.Column("name", sa.String(length=420), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "in_preparation", "active", "dormant", "dissolved", name="communitystatus", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communities")),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("format", sa.String(length=30), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imports_source"), ["source"], unique=False)

    op.create_table(
        "store_state",
        sa.Column("key", sa.String(length=420), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_store_state")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.String(length=420), nullable=False),
        sa.Column("name", sa.String(length=420), nullable=False),
        sa.Column("parent_id", sa.String(length=420), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_units_name"), ["name"], unique=False)

    op.create_table(
        "import_items",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=420), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_items_import_id_imports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "item_id", name=op.f("pk_import_items")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=420), nullable=False),
        sa.Column("name", sa.String(length=420), nullable=False),
        sa.Column("name_key", sa.String(length=420), nullable=False),
        sa.Column("in_directory", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.String(length=420), nullable=True),
        sa.Column("site", sa.String(length=420), nullable=True),
        sa.Column("job_title", sa.String(length=420), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_people_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_name_key"), ["name_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "departures",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column(
            "declared_by",
            sa.Enum("self", "hr", "manager", name="declaredby", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("earliest", sa.Date(), nullable=False),
        sa.Column("latest", sa.Date(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_departures_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departures")),
    )
    with op.batch_alter_table("departures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_departures_person_id"), ["person_id"], unique=False)

    op.create_table(
        "identities",
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("external_id", sa.String(length=420), nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column("described", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_identities_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "external_id", name=op.f("pk_identities")),
    )
    with op.batch_alter_table("identities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identities_person_id"), ["person_id"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("community_id", sa.String(length=420), nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "animateur",
                "parrain",
                "coach",
                "documentaliste",
                "expert_invite",
                "member",
                name="membershiprole",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "circle", sa.Enum("core", "inner", "outer", name="circle", native_enum=False, length=30), nullable=False
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_memberships_community_id_communities"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memberships_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("community_id", "person_id", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_person_id"), ["person_id"], unique=False)

    op.create_table(
        "preferences",
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column("visible_as_expert", sa.Boolean(), nullable=False),
        sa.Column("capacity_per_week", sa.Integer(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_preferences_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "spaces",
        sa.Column("id", sa.String(length=420), nullable=False),
        sa.Column("name", sa.String(length=420), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("organisation", "community", "private", name="spacekind", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("community_id", sa.String(length=420), nullable=True),
        sa.Column("owner_id", sa.String(length=420), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_spaces_community_id_communities"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_spaces_owner_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces")),
    )
    with op.batch_alter_table("spaces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spaces_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_spaces_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "documents",
        sa.Column("id", sa.String(length=420), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "profile",
                "question",
                "answer",
                "message",
                "practice",
                "page",
                "commit",
                "recording",
                name="documentkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=3), nullable=True),
        sa.Column("space_id", sa.String(length=420), nullable=False),
        sa.Column("thread_id", sa.String(length=420), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name=op.f("fk_documents_space_id_spaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_revision"), ["revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_source"), ["source"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "associations",
        sa.Column("document_id", sa.String(length=420), nullable=False),
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "asked",
                "answered",
                "accepted",
                "wrote",
                "edited",
                "reviewed",
                "spoke",
                "endorsed",
                name="role",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=True),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_associations_document_id_documents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_associations_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "person_id", "role", name=op.f("pk_associations")),
    )
    with op.batch_alter_table("associations", schema=None) as batch_op:
        batch_op.create_index("ix_associations_person_id_created_at", ["person_id", "created_at"], unique=False)

    op.create_table(
        "hidden_documents",
        sa.Column("person_id", sa.String(length=420), nullable=False),
        sa.Column("document_id", sa.String(length=420), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_hidden_documents_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_hidden_documents_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "document_id", name=op.f("pk_hidden_documents")),
    )
    counters = [{"key": "revision", "value": 0}, {"key": "store_id", "value": secrets.randbits(31)}]
    op.bulk_insert(sa.table("store_state", sa.column("key"), sa.column("value")), counters)
    op.bulk_insert(
        sa.table("spaces", sa.column("id"), sa.column("name"), sa.column("kind")),
        [{"id": ORGANISATION_SPACE, "name": ORGANISATION_SPACE, "kind": SpaceKind.ORGANISATION.value}],
    )


def downgrade() -> None:
    op.drop_table("hidden_documents")
    with op.batch_alter_table("associations", schema=None) as batch_op:
        batch_op.drop_index("ix_associations_person_id_created_at")

    op.drop_table("associations")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_thread_id"))
        batch_op.drop_index(batch_op.f("ix_documents_source"))
        batch_op.drop_index(batch_op.f("ix_documents_revision"))

    op.drop_table("documents")
    with op.batch_alter_table("spaces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spaces_owner_id"))
        batch_op.drop_index(batch_op.f("ix_spaces_community_id"))

    op.drop_table("spaces")
    op.drop_table("preferences")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberships_person_id"))

    op.drop_table("memberships")
    with op.batch_alter_table("identities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identities_person_id"))

    op.drop_table("identities")
    with op.batch_alter_table("departures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_departures_person_id"))

    op.drop_table("departures")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_unit_id"))
        batch_op.drop_index(batch_op.f("ix_people_name_key"))

    op.drop_table("people")
    op.drop_table("import_items")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_units_name"))

    op.drop_table("units")
    op.drop_table("store_state")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imports_source"))

    op.drop_table("imports")
    op.drop_table("communities")
