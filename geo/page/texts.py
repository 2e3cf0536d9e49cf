"""Every word of the page, in one place to be translated; the timeline's and map's own are in ``geo.timemap``.

Templates are filled with ``str.format``; what is filled in is data and is never read as a template again.
"""

# --- lists, history, comparison, figures, trays ---

WHO = "Who corrects this"
WHO_HELP = "Your name as it is to stand beside the correction. It is kept until you close the page."
WHY = "Why"
WHY_HELP = "What you know, and from where: a line for those who read the correction later."
WHO_AND_WHY = "Both are needed: who corrects this, and why."

EVENT = ("event", "events")
CLAIM = ("claim", "claims")
REPORT = ("report", "reports")
SOURCE = ("independent source", "independent sources")
PLACES = ("place", "places")
DAY = ("day", "days")
ORIGIN = ("origin", "origins")
STRETCH = ("stretch of days", "stretches of days")


def count(n: int, noun: tuple[str, str]) -> str:
    """Return a number with its noun, which is given for one and for many."""
    return f"{n:,} {noun[n != 1]}"


COLUMNS = {
    "date_from": ("From", "The first day that it speaks of."),
    "date_to": ("To", "The last day that it speaks of."),
    "place_name": ("Place", "Where it is said to have happened. Choosing a row shows the place's evidence."),
    "event_type": ("Type", "What is said to have happened."),
    "status": ("Status", "How it is put forward: reported, claimed, denied or planned."),
    "independent_sources": ("Sources", "Independent ones: the copies of a story count once."),
    "independent_claimants": ("Claimants", "Different speakers who are named."),
    "n_reports": ("Reports", "All that carry it, copies too."),
    "n_claims": ("Claims", "Sentences that say so, each in each report."),
    "n_events": ("Events", "What claims of one happening make."),
    "disputed": ("Disputed", "Whether somebody contradicts it."),
    "headline": ("Headline", "The claim that stands for the event, as it was written."),
    "claimant": ("Claimant", "Who says so; empty where it is the report itself."),
    "outlet": ("Outlet", "Who published the report."),
    "sentence": ("Claim", "The sentence as it was written."),
    "place_kind": ("Kind", "A settlement, region, country, facility, natural feature or computed place."),
    "country_code": ("Country", "Two letters, as ISO 3166 has them."),
    "first_day": ("First day", "The first day that a claim in view covers."),
    "last_day": ("Last day", "The last day that a claim in view covers."),
    "title": ("Title", "As the report has it. Choosing a row shows how the report was read."),
    "published": ("Published", "The day of the report, empty where it is not known."),
    "published_basis": ("How known", "Where the day of the report comes from."),
    "origin": ("Origin", "The wire or story that the report copies, or the report itself."),
    "report": ("File", "The report's path under the folder that was read."),
    "url": ("Address", "Where the report was published, as it was given."),
    "reason": ("Reason", "Why it waits here."),
    "text": ("Words", "The sentence as it was written."),
    "day": ("Day", "The first day that the figure speaks of."),
    "told": ("Figure", "As it was told, with how sure the words are of it."),
    "unit": ("Unit", "What the figure counts in."),
    "change": ("Change", "From A to B, by independent sources, then by events: reprints make nothing grow."),
    "both": ("A, B", "Independent sources in A and in B."),
    "sources_a": ("Sources A", "Independent sources in A."),
    "sources_b": ("Sources B", "Independent sources in B."),
    "events_a": ("Events A", "Events in A."),
    "events_b": ("Events B", "Events in B."),
    "claims_a": ("Claims A", "Claims in A."),
    "claims_b": ("Claims B", "Claims in B."),
}
LISTS = {
    "events": "Events in view",
    "claims": "Claims in view",
    "places": "Places in view",
    "reports": "Reports",
    "figures": "What the chart shows",
    "compared_places": "Places in both periods",
    "compared_types": "Types in both periods",
}
LISTED = {
    "events": "{n:,} in view, in order of time. Choose a row to read the evidence of its place.",
    "claims": "{n:,} in view, in order of time. Choose a row to read the evidence of its place.",
    "places": "{n:,} in view, those with the most independent sources first. Choose a row to read the evidence.",
}
REPORTS_LISTED = "{n:,} in all, whatever the filters, in order of publication. Choose a row to see how it was read."
NOTHING_LISTED = "Nothing is in view. Choose more days, or take a filter away."
NOT_SHOWN = "The first {shown:,} are shown; {n:,} more are not. Filter to see them, or export all."
DISPUTED_CELL = "disputed"

READING = "How was this read?"
READING_HINT = "Choose a report"
READING_HELP = "Every place, date and claim of the report, paragraph by paragraph, each with why."
READING_NOW = "Reading the report"
READING_FAILED = "The report cannot be read again:"
PARAGRAPHS_LEFT = "{n:,} more paragraphs are not shown."

HISTORY_OF = "{name}: what is said of it in {stretches}, in order of time"
NO_HISTORY = "Nothing is said of this place in these days. Choose more days, or take a filter away."
HISTORY_ALL = "Show {n:,} more"
HISTORY_ALL_HELP = "The rest of what is in view of this place."
AGAINST = "Against"
SAID_BY = "{status} by {who}"
FIRST_TOLD = "first told {day}, {where}"
UNDATED_REPORT = "on an unknown day"
FIGURES_TOLD = "Figures told here"
REPORT_ITSELF = "the report itself"

NO_FIGURES = "Not one claim in view tells a figure. Choose more days, or take a filter away."
SERIES = "What, where, in which unit"
SERIES_HELP = "Those of which most is told come first; what one origin repeats counts once."
FIGURE_AXIS = "Figure as told"
FIGURES_ALT = "{n:,} figures by day and origin; the table below holds the same"
FIGURES_LEGEND = (
    "A circle is a figure as it stands, a triangle up says at least, a triangle down at most, a diamond about; a bar "
    "reaches to the upper end where a range is told. A line joins what one origin tells."
)

COMPARE = "Compare two stretches of days"
COMPARE_HELP = "Both are shown on the timeline and the map too."
PRESETS = {
    "halves": ("First half, second half", "Of the days in view, so that each holds about as many claims."),
    "weeks": ("Last 7 days, the 7 before", "Counted back from the last day in view that anything is dated to."),
}
PERIOD_A = ("A, the earlier days", "First and last day, both counted.")
PERIOD_B = ("B, the later days", "First and last day, both counted.")
PERIOD_TOTAL = "{name}  {first} to {last} ({length}):  {claims}, {events}, {sources}"
PERIOD = "{first} to {last}"
ALL_DAYS = "all days"
COMPARED = "comparing A, {a}, with B, {b} ✕"
COMPARED_HELP = "The map shows what is only in A, only in B, and in both. This ends it."
BOTH_DAYS = "Choose a last day too, in both."
BY_TYPE = "By type"
CHANGES = {"gained": "gained", "lost": "lost", "grown": "grown", "shrunk": "shrunk", "same": "same"}
NOTHING_DATED = "Not one claim has a day: they are all in the trays."

TRAY = "Tray"
TRAY_HELP = "What is not on the map, and why."
TRAYS = {
    "undated": "Undated",
    "unplaced": "Unplaced",
    "unreadable": "Unreadable",
    "rejected": "Rejected",
    "orphaned": "Orphaned",
}
TRAY_MEANINGS = {
    "undated": "Claims without a day: they are on no timeline until somebody gives them one, or their report its day.",
    "unplaced": "Claims without a place on earth: they are on no map until somebody gives them one.",
    "unreadable": "Files of which nothing was taken, each with what is wrong with it.",
    "rejected": "Claims that somebody has taken out. Taking the rejection back returns them.",
    "orphaned": "Corrections whose claim or report is no longer there; they do nothing until it returns.",
}
TRAY_EMPTY = "Nothing waits here."
ITEM = "What to mend"
ITEM_HINT = "Choose one, here or in the table"
ITEM_HELP = "The first 200; those further down can be chosen in the table."
PUBLISHED_ON = "published {day}"
CORRECTED_BY = "Correction: {action} by {who}, {day}. Why: {why}"
SET_DATE = "Give this claim its days"
SET_DATE_DO = "Set the days"
FIRST_DAY = "First day"
FIRST_DAY_HELP = "The day on which it is said to have happened."
LAST_DAY = "Last day"
LAST_DAY_HELP = "Where it took longer than a day; else leave it empty."
SET_PUBLISHED = "Give the report its day: all its claims are dated from it"
SET_PUBLISHED_DO = "Set the report's day"
PUBLISHED = "Day of publication"
PUBLISHED_HELP = "The day on which the report was published."
PLACE_IT = "Give this claim its place"
PLACE_HOW = "How"
PLACE_HOW_HELP = "By a name that the gazetteer holds, or by a point of your own."
BY_NAME = "By name"
BY_POINT = "By coordinates"
PLACE_NAME = "Name of the place"
PLACE_NAME_HELP = "As it is written in any language that the gazetteer knows; press Enter to look it up."
NOT_LOOKED_UP = "The name cannot be looked up:"
NO_SUCH_PLACE = "The gazetteer has no place of this name. Try another spelling, or give coordinates."
CANDIDATE = "Which of these"
CANDIDATE_HELP = "The likeliest first: name, kind, country, region, inhabitants, degrees."
PEOPLE = "{n:,} inhabitants"
POINT_NAME = "Name for the point"
POINT_NAME_HELP = "What the place is to be called on the map."
POINT = {
    "lat": ("Latitude", "Degrees north, WGS84; south is negative.", (-90.0, 90.0)),
    "lon": ("Longitude", "Degrees east, WGS84; west is negative.", (-180.0, 180.0)),
    "radius": ("Radius, km", "How uncertain the point is; 1 where it is left empty.", (0.0, 20_000.0)),
}
POINT_NEEDED = "Name, latitude and longitude"
PLACE_DO = "Place it here"
RETRY = "Read them again"
RETRY_HELP = "Reads every file of this tray anew, after you have mended it or installed what was missing."
UNDO = "Take the correction back: what it changed is again as it was read"
UNDO_DO = "Take it back"
REANCHOR = "If its claim is now another one, make the correction again there and take this one back."
MISSING = "{what}: missing."
WRITTEN = "Written down and built anew."
NOT_WRITTEN = "Nothing was written:"

# --- exports ---

EXPORT = "Export"
EXPORT_HELP = "What is in view, for other programs and other people."
EXPORT_FORMAT = "Format"
EXPORT_FORMAT_HELP = "Each holds exactly what the filters and the days let through."
EXPORT_FORMATS = {
    "csv": ("CSV for spreadsheets", "A cell that a spreadsheet would run as a formula gets a leading apostrophe."),
    "csv-raw": ("CSV, every cell as it is", "For programs; not to be opened in a spreadsheet unread."),
    "geojson": ("GeoJSON", "Points with every column, for QGIS, web maps and notebooks."),
    "kml": ("KML", "For Google Earth: placemarks with their days, so that its time slider works."),
    "geoparquet": ("GeoParquet", "For QGIS, GeoPandas and DuckDB; the smallest file of them with geometries."),
    "parquet": ("Parquet", "The rows as they are kept, without a geometry column."),
    "html": ("Web page of one file", "Map, timeline and sentences in one file that opens without the network."),
}
EXPORT_TABLE = "Rows"
EXPORT_TABLES = {"claims": "Claims", "events": "Events"}
EXPORT_TABLE_HELP = "A claim is one sentence of one report; an event is what several claims tell of."
EXPORT_DO = "Save the file"
EXPORT_DO_HELP = "Made when you ask for it: a moment for thousands of rows, longer for a million."
TOOLS = {
    "link": "Copy the link to this view",
    "linked": "Copied: on this computer it shows the same days, filters and place.",
    "unlinked": "The browser does not allow it. The link is:",
    "picture": "Save the map as a picture (PNG)",
    "pictured": "Saved as dateline-map.png.",
    "unpictured": "There is a picture of the live map only.",
}

# --- the page itself ---

TITLE = "Dateline"
BROKEN = "The map cannot be shown. Mend this, then reload the page:"
NO_MODEL = "Read without a language model, by the rules alone: they find less, and often not who says so."
IN_TRAYS = "{n:,} in trays"
MAP_IS_COARSE = (
    "So many claims are drawn in cells: one may count days that lie together, and show its usual type. "
    "The bars, the lists and the counts are of the very days."
)
HINT = (
    "Drag over the bars to choose days, press play to watch them pass; click a pin to read who says what, and correct "
    "what is wrong."
)
HINT_AWAY = "Understood"
HINT_AWAY_HELP = "Puts this row away until the page is opened anew."
IN_VIEW = "{places} and {claims} in view"
NOTHING_IN_DAYS = "Nothing is dated between {first} and {last}."
NOTHING_FOUND = "Nothing is left under these filters. Take one away, or clear them all."
NOT_DATED = "Not one claim has a day: they are all in the trays below."
PLACE = "Place"
PLACE_HINT = "Choose a place"
PLACE_HELP = "Those with the most independent sources come first. Clicking a pin chooses it too."
VIEW = "View"
COLOUR_BY = "Colour the bars by"
COLOUR_BY_HELP = "How it is told, or what is said to have happened."
COLOURS = {"status": "status", "type": "type"}
EDIT = "Move pins"
EDIT_HELP = "The chosen place's pin can then be dragged to where it belongs; you are asked who moves it, and why."
PLAIN_MAP = "Plain map"
PLAIN_MAP_HELP = "A map and a slider that need less of the browser: the map follows when the hand lets go."
DAYS = "Days"
AREA = "region or country"
LARGER = "larger: more independent sources"
TAB = "What stands under the map"
TABS = {
    "events": "Events",
    "claims": "Claims",
    "places": "Places",
    "history": "History",
    "compare": "Compare",
    "figures": "Figures",
    "trays": "Trays",
    "reports": "Reports",
    "corrections": "Corrections",
}
CHOOSE_FOR_HISTORY = "Choose a place, on the map or in the list beside it, to see its history."

SEARCH = "Search"
SEARCH_HINT = 'Words, or "a phrase"'
SEARCH_HELP = (
    "Each word or part of one, and each phrase in quotation marks, must be in the sentence, place, claimant or title."
)
FILTERS = "Filters"
FILTERS_ON = "Filters ({n})"
FACETS = {
    "event_types": ("Type", "What is said to have happened."),
    "statuses": ("Status", "How it is put forward: reported, claimed, denied or planned."),
    "claimants": ("Claimant", "Who says so; the report itself where it names nobody."),
    "outlets": ("Outlet", "Who published the report."),
    "origins": ("Origin", "The story that a report copies, or the report itself: copies are one source."),
    "places": ("Place", "A country or region stands for all in it."),
}
ANY = "Any"
SOURCES = "Independent sources"
SOURCES_HELP = "Of the event that a claim belongs to: how many origins stand behind it."
SOURCES_OPTION = "{label} ({n:,})"
DISPUTED = "Disputed only ({n:,})"
DISPUTED_HELP = "Claims of events that somebody contradicts."
HERE = "Only what the map shows"
HERE_HELP = "Keeps to what lies in the map's window as it is now."
ANYWHERE = "Everywhere again"
CLEAR = "Clear all"
CLEAR_HELP = "Takes every filter away and shows all days."
SEVERAL = "{n} chosen"
UNNAMED = "not named"
TAKE_AWAY = "Take this filter away"
CHIP = "{facet}: {value} ✕"
CHIPS = {"min_sources": "sources", "disputed": "disputed", "text": "search", "bounds": "map window"}
WRONG_DAYS = "to: {last} is before {first}"
WRONG_ADDRESS = "A part of this page's address was left out:"

# --- the evidence panel ---

LEADS = "To read first: what is disputed, then what most sources tell"
LEADS_HELP = "Shows the evidence of its place."
NO_PLACE_CHOSEN = "Choose a place, on the map or in the list above, to read what is said of it and who says so."
NOTHING_OF_PLACE = "Nothing is said of {name} in these days."
NOTHING_OF_PLACE_HINT = "Choose more days on the timeline, or take a filter away."
EVIDENCE_OF = "{name}: {claims}, in order of time"
EVIDENCE_OF_BOTH = "{name}: {claims} and {reprints} of them, in order of time"
EVIDENCE_FIRST = "{name}: the first {most:,} claims and reprints, in order of time; the list of claims holds all"
EVIDENCE_FAILED = "The evidence cannot be shown:"
EVIDENCE_ALL = "Show all {n:,}"
EVIDENCE_ALL_HELP = "What else is in view of this place, after what is laid out here."
REPRINT = ("reprint", "reprints")
ONE_SOURCE = "1 source, {reprints}"
EACH_REPRINT = "Each reprint's claim too"
EACH_REPRINT_HELP = "A reprint's claim stands under the one that it repeats; this lays each out, to read or correct it."
DISPUTED_EVENT = "Disputed"
DISPUTE_SIDES = "{event_type}, {days}: {says} against {against}"
DISPUTES_LEFT = "{n:,} more disputed events of this place are in the list of events."
AND_MORE = "{n:,} more"
DAYS_FROM_TO = "{first} to {last}"
AGAINST_THAT = "Against"
SAID_BY_WHO = "by {who}"
SAID_WITH_CUE = "by {who} (cue: {cue})"
VERIFICATIONS = {"unverified": "The report could not verify this.", "verified": "The report verified this."}
PUBLISHED_BASES = {
    "corrected": "as corrected",
    "manifest": "as listed in reports.csv",
    "metadata": "as its page says",
    "printed": "as printed in it",
    "dateline": "by its dateline",
    "copy": "by a copy of it",
    "story": "by the story's other reports",
}
REPORT_DAY = "published {day}"
REPORT_DAY_KNOWN = "published {day}, {how}"
NO_REPORT_DAY = "day of publication unknown"
ORIGIN_IS = "from {origin}"
DATE_BASES = {
    "explicit": "Day as written",
    "relative": "Day reckoned from",
    "publication": "Day of the report itself",
    "inferred": "Day inferred",
    "corrected": "Day as corrected",
    "none": "Day unknown",
}
WRITTEN_WORDS = " “{words}”"
PRECISIONS = {1: "", 2: ", to the week", 3: ", to the month"}
ROUGHLY = ", roughly"
IN_EFFECT = "Corrected: {action} by {who}, {day}. {why}"
IN_EFFECT_GONE = "Corrected, but the project no longer holds who did it and why."
MORE_ABOUT = "More about this claim"
WHY_HERE = "Why here?"
CORRECT = "Correct"
WHOLE_REPORT = "Whole report"
WHOLE_REPORT_HELP = "The report as it was read, with this sentence marked."
READ_AS = "Read as {name}: {why}"
OTHERS_CONSIDERED = "Other places of that name, by score; the chosen one has {score}:"
OTHERS_CONSIDERED_ONLY = "Other places of that name, by score:"
NO_OTHERS = "No other place of that name was considered."
OTHERS_LEFT = "and {n:,} more"
COPY_VERSION = "version {n}"
COPY_SAME = "In the same words."
COPY_OTHER = "In other words:"
COPY_WITHOUT = "Without this sentence."
COPIES_LEFT = "{n:,} more reprints are not listed."
NOT_HELD = "This build no longer holds the report. Reload the page."
REPORT_CUT = "A long report: {n:,} characters on either side of the sentence are shown."

# --- corrections ---

CANCEL = "Cancel"
WRONG = "What is wrong?"
WRONG_HINT = "Choose, and say what is right"
WRONG_HELP = "What was read stays beside what you say; you can take it back under Corrections."
WRONGS = {
    "move": "It happened elsewhere",
    "date": "It happened on other days",
    "status": "It is put forward otherwise",
    "type": "Something else happened",
    "claimant": "Somebody else says so",
    "published": "The report is of another day",
    "alias": "This name means another place, in all reports",
    "merge": "It tells of the same as another claim here",
    "split": "It tells of something else than a claim of its event",
    "reject": "It is no claim at all",
}
CORRECT_DO = {
    "move": "Move the claim",
    "date": "Set the days",
    "status": "Set the status",
    "type": "Set the type",
    "claimant": "Set who says so",
    "published": "Set the report's day",
    "alias": "Give the name this place",
    "merge": "Join the two",
    "split": "Part the two",
    "reject": "Take the claim out",
}
CORRECT_MEANINGS = {
    "published": "All claims of the report are dated from it.",
    "alias": "Wherever a report has this name it is this place, whatever the gazetteer says.",
    "merge": "The two become one event.",
    "split": "The two are never one event, however alike they are.",
    "reject": "It waits in the tray of rejected claims, from where it can be brought back.",
}
PLACE_WAYS = {"among": "Among those considered", "name": BY_NAME, "point": BY_POINT}
STATUS = "Status"
STATUS_HELP = "How it is put forward: as a fact, as somebody's claim, as a denial, or as a plan."
TYPE = "Type"
TYPE_HELP = "What is said to have happened."
CLAIMANT = "Claimant"
CLAIMANT_HELP = "Who says so, as the report calls them; empty where it is the report itself."
SIDE = "Speaks for"
SIDE_HELP = "The country that the claimant speaks for, two letters as UA; empty where there is none."
ALIAS = "Name"
ALIAS_HELP = "As it stands in the reports."
WITH = {"merge": "Same as", "split": "Not the same as"}
WITH_HINT = "Choose a claim"
WITH_HELP = {
    "merge": "The other claims of this place, those nearest in time first.",
    "split": "The other claims of its event, those nearest in time first.",
}
NOTHING_WITH = {
    "merge": "There is no other claim of this place outside its event.",
    "split": "Its event has no other claim.",
}
NO_DAY = "no day"

DROPPED = "Move {claims} of {place} to {lat:.5f}, {lon:.5f}?"
DROPPED_HELP = "Those in view now; the place keeps its name, kind and radius."
DROPPED_DO = "Move"
NOTHING_DROPPED = "Not one claim of this place is in view, so nothing can be moved."

NO_CORRECTIONS = (
    "Nothing has been corrected yet. Choose a place, press Correct under a claim and say what is wrong; or turn on "
    "Move pins under View and drag a pin to where it belongs."
)
CORRECTION = ("correction", "corrections")
CORRECTIONS_LISTED = "{n}, the newest first. Choose a row to read all of it or to take it back."
CORRECTIONS_LIST = "Corrections"
CORRECTIONS_UNREAD = "The corrections cannot be read:"
ACTIONS = {
    "move": "moved",
    "date": "days set",
    "status": "status set",
    "type": "type set",
    "claimant": "claimant set",
    "reject": "rejected",
    "merge": "joined",
    "split": "parted",
    "alias": "name given a place",
    "published": "report's day set",
    "undo": "taken back",
}
STATES = {
    "in_effect": "in effect",
    "replaced": "replaced by a later one",
    "waiting": "waits for the next build",
    "orphaned": "orphaned",
    "undone": "taken back",
}
CORRECTION_COLUMNS = {
    "made": ("When", "UTC."),
    "state": ("State", "Whether it is in effect, was taken back, or has lost its claim."),
    "action": ("What", "What it does."),
    "about": ("On what", "The claim's words, the name, the report, or the correction taken back."),
    "value": ("What is right", "As it was said."),
    "author": ("Who", "As they signed it."),
    "reason": ("Why", "As it was said."),
    "n": ("Rows", "So many claims were corrected in one step."),
}
CORRECTION_CHOICE = "Read one, or take it back"
CORRECTION_CHOICE_HINT = "Choose one, here or in the table"
CORRECTION_CHOICE_HELP = "The newest 200; older ones can be chosen in the table."
CORRECTED_AT = "{action} by {who}, {when} UTC"
AND_MORE_ABOUT = "and {n:,} more"
OPEN_END = "open"
TO = "{first} to {last}"
UNDO_ALL = "Take it back: what it changed is again as it was before"
REDO = "It takes back another one; taken back itself, that one is in effect again"
ORPHANED_WHY = "Orphaned: {why}"
SHARE = "Share the corrections"
CORRECTIONS_EXPORT = "Save them as CSV"
CORRECTIONS_EXPORT_HELP = "All of them, those taken back too; colleagues with the same reports can bring it in."
CORRECTIONS_FILE = "Corrections of a colleague, as CSV"
CORRECTIONS_FILE_HELP = "A file that was saved here or by dateline corrections export. Those that are here stay."
CORRECTIONS_IMPORT = "Bring them in"
CORRECTIONS_IMPORT_HELP = (
    "Those that are known already, and rows that cannot be taken, are told apart and change nothing."
)
NO_FILE = "A file is needed: choose one first."
IMPORT_FAILED = "Nothing was brought in:"
IMPORTED = "{added:,} added, {known:,} known already, {refused:,} refused"
REFUSED = "Rows refused"
REFUSED_COLUMNS = {"line": ("Line", "Of the file."), "why": ("Why", "What is wrong with it.")}

# --- projects and reports brought along ---

PROJECT = "Project"
PROJECT_HELP = "Other folders of reports, and reports of your own."
SHIPPED = "Shipped reports"
PROJECT_TABS = {"projects": "Projects", "folder": "Open a folder", "new": "New from files or text"}
NO_PROJECTS = "No folder has been read yet."
NOT_LISTED = "The list of projects cannot be read or written:"
PROJECTS_LEFT = "{n:,} used before these are not listed; open them by their path."
OPEN_PROJECT_HELP = "Shows this project. Filters are cleared."
SHOWN_PROJECT = "Shown now"
SHOWN_HELP = "This project is shown now."
FORGET = "Forget"
FORGET_HELP = "Takes it from this list. Its reports and what was read of them stay where they are."
NOT_BUILT = "not read yet"
BUILT_ON = "{reports}  ·  read {day}"
FOLDER_GONE = "The folder is no longer there."
FOLDER = "Path of the folder"
FOLDER_HINT = "/home/me/reports"
FOLDER_HELP = (
    "A folder on this computer, as a whole path; press Enter to look into it. Nothing is ever written into it."
)
FOLDER_HOLDS = "{files} that can be read, by their names."
FOLDER_HOLDS_LEAST = "{files} or more that can be read; the folder is large, and reading it takes long."
FOLDER_HOLDS_NONE = "No file in it can be read. Dateline reads .txt, .html, .jsonl, .csv, .parquet and .zip."
FOLDER_NOT_OPENED = "This folder cannot be opened:"
FOLDER_OPEN = "Open it"
FOLDER_OPEN_HELP = "Reads the folder, then shows its map. Filters are cleared."
FILE = ("file", "files")

INTO = "Put them into"
INTO_HELP = "A new project, or the one that is shown."
INTO_NEW = "a new project"
INTO_THIS = "this project"
NEW_NAME = "Name of the new project"
NEW_NAME_HELP = "Any name; without one it is called after its first report."
FILES = "Files"
FILES_HELP = (
    "Text files, saved web pages, JSON lines, CSV, and zip archives of these, each up to {megabytes} MB; a text or a "
    "page up to 2 MB. A reports.csv says title, outlet, day and address of the others. For more, open a folder."
)
PASTED = "Or paste one report"
PASTED_HINT = "The text of the report, its headline first"
PASTED_HELP = "Up to 2 MB. It is kept as a text file."
PASTED_TITLE = ("Title", "Its headline, where the text has none.")
PASTED_OUTLET = ("Outlet", "Who published it.")
PASTED_DAY = (
    "Day of publication",
    "The day on which it was published: what it says is dated from it. It is never guessed.",
)
PASTED_URL = ("Address", "Where it was published.")
BRING = "Read them"
BRING_HELP = "Keeps a copy in Dateline's own folder and reads it; the map that is shown stays meanwhile."
NOTHING_BROUGHT = "Choose files, or paste a text."
NOT_BROUGHT = "Not taken in, and why:"
ALL_LEFT_OUT = "Nothing could be taken in:"
PASTED_TEXT = "the pasted text"

BUILDING = "Reading {name}"
STARTING = "Starting"
STAGE = "{share:.0%}  ·  {stage}"
CANCEL_HELP = "Ends the reading. What was shown before stays, and so do the reports."
CANCELLED = "Reading {name} was cancelled. Its reports are kept; nothing of it was changed."
BUILD_FAILED = "The reports could not be read. What was shown before stays:"
BUILD_AGAIN = "Read them again"
BUILD_AGAIN_HELP = "Starts the reading anew."
BUILT = "{name} is read: {counts}."
LEFT_OUT = "{reports} could not be read, and why:"
LEFT_OUT_COLUMNS = {
    "report": ("Report", "The file, or the part of it."),
    "reason": ("Reason", "Why nothing was taken from it."),
}
SHOW_MAP = "Show the map"
SHOW_MAP_HELP = "Shows this project. Filters are cleared."
PUT_AWAY = "Close"
PUT_AWAY_HELP = "Puts this notice away; the project stays in the list of projects."

START_TITLE = "There is no report here yet"
START_WORDS = "Drop files here or paste a report, and Dateline reads them; or open another folder, above."
