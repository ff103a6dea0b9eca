"""``verify_audit``: does the protocol still say what it said when it was sealed?"""
