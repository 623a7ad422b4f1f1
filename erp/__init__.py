"""The county's partnership memory: partners, engagements, promises, feedback and partnership health."""
