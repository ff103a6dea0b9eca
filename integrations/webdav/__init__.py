"""Editing in Word and LibreOffice over WebDAV (RFC 4918), beside Django's own addresses."""
