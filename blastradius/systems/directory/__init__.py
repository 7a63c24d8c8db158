"""Membership lists of identity providers: who is in which group, beside any system."""
