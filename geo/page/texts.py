"""Every word of the page, in one place to be translated; the timeline's and map's own are in ``geo.timemap``.

Templates are filled with ``str.format``; what is filled in is data and is never read as a template again.
"""

# --- evidence and corrections ---

# --- lists, history, comparison, figures, trays ---

WHO = "Who corrects this"
WHO_HELP = "Your name as it is to stand beside the correction. It is kept until you close the page."
WHY = "Why"
WHY_HELP = "What you know, and from where: a line for those who read the correction later."
WHO_AND_WHY = "Both are needed: who corrects this, and why."

# --- projects, reports brought along, exports ---

# --- the page itself ---
