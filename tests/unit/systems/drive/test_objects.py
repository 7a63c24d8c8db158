"""What two listings say of one item, laid together."""

from blastradius.systems.drive.objects import Drive, Item, Permission, Rank, Whom


def both(first, second):
    drive = Drive()
    drive.add_item(Item("f1", **first))
    drive.add_item(Item("f1", **second))
    return drive.items["f1"]


def test_each_listing_adds_what_the_other_does_not_see():
    item = both(
        {"name": "plan", "parents": ("a",)}, {"type": "folder", "parents": ("b",), "drive": "d", "has_parents": True}
    )
    assert item == Item("f1", "plan", "folder", ("a", "b"), "d", has_parents=True)


def test_what_is_limited_for_one_is_limited_and_what_one_still_has_is_not_gone():
    assert both({}, {"limited": True}).limited
    assert both({"limited": True}, {}).limited
    assert not both({"trashed": True}, {"trashed": False}).trashed
    assert not both({"trashed": False}, {"trashed": True}).trashed
    assert not both({"readers_copy": True}, {"readers_copy": False}).readers_copy


def test_whoever_knows_that_an_item_is_shared_is_believed():
    assert both({"shared": None}, {"shared": True}).shared is True
    assert both({"shared": False}, {"shared": True}).shared is True
    assert both({"augmented": True}, {"augmented": False}).augmented is True
    assert both({"shared": None}, {"shared": False}).shared is False


def test_of_two_permissions_of_one_subject_the_higher_counts():
    drive = Drive()
    for rank, pending in ((Rank.READER, False), (Rank.WRITER, False), (Rank.READER, True)):
        drive.add_permission(Permission("f1", Whom.USER, "ana@x.example", rank, pending_owner=pending))
    (kept,) = drive.permissions["f1"].values()
    assert (kept.rank, kept.pending_owner) == (Rank.WRITER, True)


def test_an_item_without_a_permission_is_not_listed():
    drive = Drive()
    drive.add_item(Item("f1"))
    assert not drive.is_listed("f1")
