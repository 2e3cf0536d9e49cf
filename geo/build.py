"""The line as one readable function over a folder: reports in, a published generation out.

``extract_batch`` is pure and importable, so a runner may map it over batches in any process; the language model and
the gazetteer are loaded once in each. Batches never show in the output, nor does what was read in an earlier build and
kept in the ledger.
"""

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from importlib.metadata import distributions
from itertools import chain
from pathlib import Path

from geo import __version__, store
from geo.amendments import Amended, Orphan, aliases, correct_days
from geo.assembly import Assembled, Surroundings, amend, assemble, correction_tray, named_reports, unreadable_row
from geo.claims import extract_claims
from geo.copies import find_stories, group_copies, inherit_days
from geo.corrections import Correction, in_effect, read_corrections
from geo.dates import find_dates
from geo.documents import SUFFIXES, fingerprint, read_documents
from geo.errors import ReportError, StoreError
from geo.events import copy_row, extract, lineage_row
from geo.files import shown_path
from geo.gazetteer import Gazetteer, load_gazetteer
from geo.language import Language, ParsedDocument, load_language
from geo.layers import layers_stamp, open_layers
from geo.ledger import Ledger, open_ledger
from geo.lineage import trace, variants
from geo.memory import give_back
from geo.mentions import find_mentions
from geo.model import Claim, Document, Extract, Mention, Place, Reading, Story, Unreadable
from geo.online import offline, open_online, with_online
from geo.places import resolve_places
from geo.resources import resource
from geo.runners import Runner, apart, prepared
from geo.spool import Rows, Spool
from geo.store import Generation
from geo.stories import infer_days
from geo.territories import Rules, Territories, event_rows

__all__ = [
    "TOGETHER",
    "BuildReport",
    "Config",
    "build",
    "build_if_stale",
    "extract_batch",
    "open_gazetteer",
    "read_batch",
]

TOGETHER = 10
"""Reports whose sentences are parsed in one go."""

_BATCH = 50  # reports; enough to make a hop to another process cheap, few enough to show progress
_BATCH_SIZE = 150_000  # characters
_LAST = 200  # reports, of which batches are as short as what is parsed in one go
_PER_TERRITORY = 5_000  # reports, whose claims take some 60 MB
_SAMPLE, _MANY = 20, 20_000  # reports
_ONE_IN = 20  # reports is read while all are compared, which takes about as long
_OPENED, _READ = 0.3, 0.95  # shares of a build's progress at which the gazetteer is open and the reports are read
_MARK = "reading"
_TRAYS = ("undated", "unplaced", "unreadable", "rejected", "orphaned")
_PACKAGE = Path(__file__).resolve().parent

Progress = Callable[[float, str], None]
Finder = Callable[[Document, ParsedDocument, Gazetteer], list[Mention]]


@dataclass(frozen=True, slots=True)
class Config:
    """What a build depends on besides the reports.

    ``gazetteer`` is the curated layer, None for the shipped one; ``model`` a spaCy model's name, "none" for the rules
    alone, None for the best one installed. ``online`` is the service that is asked for names which no offline layer
    knows ("nominatim", "photon", "none"), None for the one that $DATELINE_ONLINE names; ``online_url`` an own server.
    ``aliases`` are names to which analysts have given places; a build puts in those of the project's corrections.
    """

    gazetteer: Path | None = None
    model: str | None = None
    online: str | None = None
    online_url: str | None = None
    aliases: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: its generation, counts, and a line for everything that could not be read.

    ``sources`` counts independent ones: the copies of a story are one. ``rejected`` counts claims that analysts have
    rejected, ``orphaned`` corrections whose claim or report is gone. ``model`` is the language model's name, or ''
    when the rules worked alone. ``fresh`` is False where nothing had changed since the last build and that was kept.
    ``read`` counts the reports that were read now; what earlier builds had read in the others was kept. ``warning`` is
    a line on why nothing could be kept for the next build, or ''.
    """

    generation: Generation
    reports: int
    sources: int
    claims: int
    events: int
    undated: int
    unplaced: int
    rejected: int
    orphaned: int
    model: str
    unreadable: tuple[Unreadable, ...]
    fresh: bool
    read: int
    warning: str = ""


def build(
    folder: Path,
    data: Path,
    config: Config | None = None,
    progress: Progress | None = None,
    *,
    runner: Runner = map,
    fresh: bool = False,
    retry: bool = False,
) -> BuildReport:
    """Read a folder of reports and publish what they say as the current generation under ``data``.

    ``progress`` is called with the share done (0-1) and what is being done. ``runner`` maps ``extract_batch`` over
    batches of reports. Only reports are read that no build of these code, gazetteer, model and aliases has read;
    ``fresh`` reads all, ``retry`` also those that could not be read. The generation is the same, byte for byte.

    Raises:
        ReportError: the folder cannot be opened.
        GazetteerError, ModelMissingError: what ``config`` names cannot be used.
        StoreError: ``data`` cannot be written, or its corrections cannot be read.
    """
    job = _job(folder, data, config or Config(), progress or _silent)
    return _build(folder, replace(job, runner=runner, fresh=fresh, retry=retry))


def build_if_stale(
    folder: Path,
    data: Path,
    config: Config | None = None,
    progress: Progress | None = None,
    *,
    runner: Runner = map,
) -> BuildReport:
    """Build unless the current generation was made from the same reports, corrections, code, gazetteer and models.

    Raises:
        GeoError: as ``build``.
    """
    job = _job(folder, data, config or Config(), progress or _silent)
    if store.is_stale(job.root, job.key):
        return _build(folder, replace(job, runner=runner))
    generation = store.current(job.root)
    assert generation is not None, "what is not stale is there"  # noqa: S101 - tells the type checker so
    return _report(generation, fresh=False)


def open_gazetteer(config: Config, progress: Progress | None = None) -> Gazetteer:
    """Open the gazetteer that ``config`` names, with the imported layers and, where chosen, the online one.

    The first time on a machine that compiles the world, about 20 s.

    Raises:
        GazetteerError: it cannot be used.
    """
    gazetteer = load_gazetteer(
        config.gazetteer, progress=progress, imported=open_layers(), aliases=dict(config.aliases)
    )
    online = open_online(config.online, config.online_url)
    return gazetteer if online is None else with_online(gazetteer, online)


def extract_batch(
    documents: list[Document], config: Config, find: Finder | None = None, *, shortcuts: bool = True
) -> list[Reading]:
    """Read a batch of reports; one that breaks a stage yields a Reading with the error and no claims.

    ``find`` finds the mentions, offline, in place of ``find_mentions``. Without ``shortcuts`` nothing is kept from one
    report or sentence for another of the same words, and spaCy finds the entities: the Readings are the same.

    Raises:
        GazetteerError, ModelMissingError: what ``config`` names cannot be used.
    """
    gazetteer = _gazetteer(config)
    language = load_language(config.model) if shortcuts else load_language(config.model, shortcuts=False)
    readings: list[Reading] = []
    known: dict[tuple[str, date | None], Reading] = {}
    for document, parsed in zip(documents, _parsed(documents, language), strict=True):
        same = known.get((document.text, document.published)) if shortcuts else None
        if same is None:
            readings.append(_extract_safely(document, parsed, gazetteer, language, find or find_mentions))
        else:
            readings.append(_read_as(document, same))
        known[document.text, document.published] = readings[-1]
    return readings


def _parsed(documents: Sequence[Document], language: Language) -> Iterator[ParsedDocument | None]:
    """Yield the sentences of each report, None for those that cannot be parsed together."""
    for first in range(0, len(documents), TOGETHER):
        some = documents[first : first + TOGETHER]
        try:
            yield from language.parse_all(some)
        except Exception:  # noqa: BLE001 - whose fault it is shows when that report is parsed alone
            yield from [None] * len(some)


def _read_as(document: Document, same: Reading) -> Reading:
    """Return the reading of a report whose words and day are another's: nothing else of a report is looked at."""
    claims = (replace(claim, report_id=document.report_id, report=document.report) for claim in same.claims)
    return replace(same, document=document, claims=tuple(claims))


def read_batch(documents: list[Document], config: Config) -> list[Extract]:
    """Read a batch of reports as ``extract_batch`` does, for the tables: a tenth of that to send between processes.

    Raises:
        GazetteerError, ModelMissingError: what ``config`` names cannot be used.
    """
    return list(map(extract, extract_batch(documents, config)))


def _extract_safely(
    document: Document, parsed: ParsedDocument | None, gazetteer: Gazetteer, language: Language, find: Finder
) -> Reading:
    try:
        return _extract(document, language.parse(document) if parsed is None else parsed, gazetteer, find)
    except Exception as error:  # noqa: BLE001 - whatever one hostile report breaks, the others are built all the same
        reason = str(error).strip().split("\n", 1)[0][:200]
        return Reading(document, error=f"could not be read: {type(error).__name__}: {reason}")


def _extract(document: Document, parsed: ParsedDocument, gazetteer: Gazetteer, find: Finder) -> Reading:
    mentions = find(document, parsed, offline(gazetteer))
    resolutions = resolve_places(document, parsed, mentions, gazetteer)
    timexes = find_dates(document, parsed)
    claims = extract_claims(document, parsed, resolutions, timexes)
    return Reading(document, tuple(resolutions), tuple(timexes), tuple(claims))


def read_report(path: Path, config: Config) -> tuple[list[Reading], list[Unreadable]]:
    """Read the reports of one file and a line for what is none in it, with its folder around it.

    A day may come from ``reports.csv`` or a near copy. ``path`` may also name one report of a file of many:
    ``FILE.jsonl#ID``, ``FILE.csv#ID`` or ``FILE.zip/PATH``.

    Raises:
        ReportError: there is no report that can be read; one line with the reason.
        GazetteerError, ModelMissingError: what ``config`` names cannot be used.
    """
    folder = _folder_of(path)
    name = shown_path(path, folder)
    corpus = _read(folder)
    documents = infer_days(inherit_days(corpus.documents, group_copies(corpus.documents)))
    wanted = [d for d in documents if _is_of(d.report, name)]
    left_out = [item for item in corpus.unreadable if _is_of(item.report, name)]
    if not wanted:
        missing = f"no report that can be read ({', '.join(SUFFIXES)})" if path.exists() else "no such file"
        where, reason = (left_out[0].report, left_out[0].reason) if left_out else (name, missing)
        raise ReportError(f"{folder / where}: {reason}")
    return extract_batch(wanted, config), left_out


def _folder_of(path: Path) -> Path:
    """Return the folder around a file, also for a path that goes on inside the file."""
    many = (p for p in (Path(str(path).partition("#")[0]), *path.parents) if p.is_file())
    return next(many, path).parent


def _is_of(report: str, file: str) -> bool:
    """Tell whether a report, or a line of the tray, is the file's own or of what is in it."""
    return report == file or report.startswith((f"{file}#", f"{file}:", f"{file}/"))


# --- from corpus to generation ---


@dataclass(frozen=True, slots=True)
class _Job:
    """A build to be done: where to, by what, and ``key``, a hash of all that decides its output."""

    root: Path
    corrections: Sequence[Correction]
    config: Config
    key: str
    gazetteer: str
    progress: Progress
    runner: Runner = map
    fresh: bool = False
    retry: bool = False


def _job(folder: Path, data: Path, config: Config, progress: Progress) -> _Job:
    root = store.project_folder(data, folder)
    corrections = in_effect(read_corrections(root))
    config = replace(config, aliases=(*config.aliases, *sorted(aliases(corrections).items())))
    gazetteer = _gazetteer(config, lambda share, text: progress(share * _OPENED, f"First start: {text}"))
    key = _key(folder, corrections, config, gazetteer.fingerprint)
    return _Job(root, corrections, config, key, gazetteer.fingerprint, progress)


@dataclass(frozen=True, slots=True)
class _Corpus:
    """A folder as read, with the corrections in effect and those of them that belong to no report in it."""

    documents: Sequence[Document]
    unreadable: Sequence[Unreadable]
    corrections: Sequence[Correction] = ()
    orphans: Sequence[Orphan] = ()


def _read(folder: Path) -> _Corpus:
    documents, unreadable = read_documents(folder)
    if not documents and not unreadable:
        unreadable = [Unreadable(".", f"the folder holds no report ({', '.join(SUFFIXES)})")]
    return _Corpus(documents, unreadable)


def _read_corrected(folder: Path, corrections: Sequence[Correction]) -> _Corpus:
    corpus = _read(folder)
    documents, orphans = correct_days(corpus.documents, corrections)
    return _Corpus(documents, corpus.unreadable, corrections, orphans)


def _build(folder: Path, job: _Job) -> BuildReport:
    job.progress(_OPENED, "Loading the language model")
    model = load_language(job.config.model).name
    reading = repr((job.gazetteer, model, _installed_readers()))
    with (
        open_ledger(job.root, _code(), reading, fresh=job.fresh) as ledger,
        store.Workspace(job.root) as workspace,
        _uncollected(),
    ):
        made = _work_out(_read_corrected(folder, job.corrections), job, ledger, workspace)
        give_back()
        job.progress(_READ, "Writing the tables")
        corrections = [correction.correction_id for correction in job.corrections]
        meta = {"key": job.key, "version": __version__, "model": model, "counts": made.counts}
        generation = store.publish(job.root, made.tables, meta | {"corrections": corrections})
        ledger.drop_unused()
    job.progress(1.0, "Done")
    return _report(generation, fresh=True, read=made.read, warning=ledger.error)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the search for cycles of garbage: among millions of rows, which have none, it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _collected() -> Iterator[None]:
    """Resume it while reports are read, which leaves such cycles, and pass over all that is there already."""
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        gc.disable()
        gc.unfreeze()


@dataclass(frozen=True, slots=True)
class _Made:
    """The tables of a corpus, what they hold in numbers, and how many reports were read for them."""

    tables: Mapping[str, Rows]
    counts: Mapping[str, int]
    read: int


def _work_out(corpus: _Corpus, job: _Job, ledger: Ledger, workspace: store.Workspace) -> _Made:
    runner = apart(job.runner) if (job.root / _MARK).exists() else job.runner
    with prepared(runner, partial(read_batch, config=job.config), _n_likely_new(corpus.documents, ledger)) as ready:
        job = replace(job, runner=ready or runner)
        begun = _begin(corpus.documents, job, ledger) if ready else _Begun()
        return _compare_and_read(corpus, begun, job, ledger, workspace)


def _n_likely_new(documents: Sequence[Document], ledger: Ledger) -> int:
    """Return how many reports no earlier build has read, by a sample: all or none, for which workers load beforehand.

    Of very many it is none: what the workers hold is needed to compare these, and loading is a small part of the time.
    """
    sample = documents[:: 1 + len(documents) // _SAMPLE]
    return 0 if len(documents) > _MANY or any(map(ledger.has, sample)) else len(documents)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Reports whose reading begins before all are compared, and what it yields of them."""

    documents: Sequence[Document] = ()
    results: Iterable[list[Extract]] = ()


def _begin(documents: Sequence[Document], job: _Job, ledger: Ledger) -> _Begun:
    """Let workers read while reports are compared, of which only those without a day may get another one."""
    dated = [document for document in documents[::_ONE_IN] if document.published]
    unread = _unread(dated, job, ledger)
    return _Begun(unread, _ask(unread, job))


def _compare_and_read(corpus: _Corpus, begun: _Begun, job: _Job, ledger: Ledger, workspace: store.Workspace) -> _Made:
    job.progress(_OPENED, "Comparing the reports")
    stories = _stories(corpus.documents, ledger)
    give_back()
    origins = {report_id: story.origin for story in stories for report_id in story.scores}
    documents = infer_days(inherit_days(corpus.documents, origins))
    known = {document.report_id for document in begun.documents}
    rest = _unread([d for d in documents if d.report_id not in known], job, ledger)
    missing = sorted(rest, key=lambda d: origins[d.report_id].origin_id)
    spool, tray = Spool(lambda: workspace.folder), Counter[str]()
    territories = Territories(lambda: workspace.folder, 1 + len(documents) // _PER_TERRITORY)
    with closing(_Reading(missing, job, ledger, begun)) as reading:
        amended, corrected = _amend(documents, corpus, reading)
        for assembled in _assembled(corpus.documents, documents, stories, corrected, reading):
            tray.update(row["kind"] for row in assembled.rows["tray"])
            spool.add(assembled.rows)
            territories.add(assembled.told)
    left_out = [*correction_tray(amended, corpus.orphans), *map(unreadable_row, corpus.unreadable)]
    tray.update(row["kind"] for row in left_out)
    spool.add({"tray": left_out})
    for rows in event_rows(territories, Rules(amended.together, amended.apart)):
        spool.add({"events": rows})
    counts = {name: spool.counts[name] for name in ("reports", "claims", "events")}
    sources = len({origin.origin_id for origin in origins.values()})
    return _Made(spool.tables(), counts | {kind: tray[kind] for kind in _TRAYS} | {"sources": sources}, reading.n)


def _stories(documents: Sequence[Document], ledger: Ledger) -> list[Story]:
    links = ledger.known_links()
    stories = find_stories(documents, ledger.print_of, links)
    ledger.keep_links(links)
    return stories


def _unread(documents: Iterable[Document], job: _Job, ledger: Ledger) -> list[Document]:
    """Return the reports that no earlier build has read as they are now."""
    if open_online(job.config.online, job.config.online_url):  # which may know today what it did not know yesterday
        return list(documents)
    return [d for d in documents if not ledger.has(d, failed=not job.retry)]


class _Reading:
    """The reading of what is new, as far as it was asked for: workers go on while the builder makes rows of the rest.

    All is taken from the ledger: what was just read and what was kept are alike.
    """

    def __init__(self, missing: Sequence[Document], job: _Job, ledger: Ledger, begun: _Begun) -> None:
        """Read nothing yet; ``missing``, besides what is begun, are in the order in which they will be asked for."""
        self._job, self.ledger = job, ledger
        self._waiting = {document.report_id for document in chain(begun.documents, missing)}
        self.n = len(self._waiting)
        self._steps = _read_new(missing, job, ledger, begun)

    def extracts(self, documents: Sequence[Document]) -> Iterator[list[Extract]]:
        """Yield what was read in reports, some reports at a time; what the ledger has lost is read again.

        Raises:
            StoreError: what was read cannot be kept.
        """
        for first in range(0, len(documents), _BATCH):
            batch = documents[first : first + _BATCH]
            self._read({document.report_id for document in batch})
            found = {d.report_id: self.ledger.find(d) for d in batch}
            lost = [d for d in batch if found[d.report_id] is None]
            for _ in _read_new(lost, self._job, self.ledger) if lost else ():
                found |= {d.report_id: self.ledger.find(d) for d in lost}
            if still := next((d for d in lost if found[d.report_id] is None), None):
                why = self.ledger.error or "the ledger lost it"
                raise StoreError(f"{still.report}: what was read in it cannot be kept: {why}")
            yield [item for item in found.values() if item is not None]

    def _read(self, report_ids: Set[str]) -> None:
        while not self._waiting.isdisjoint(report_ids):
            self._waiting.difference_update(next(self._steps))

    def close(self) -> None:
        """End the reading, and with it the workers."""
        self._steps.close()


def _read_new(
    documents: Sequence[Document], job: _Job, ledger: Ledger, begun: _Begun | None = None
) -> Generator[list[str]]:
    """Read reports into the ledger, first those that are begun; yield the ids of those that were read, as they are."""
    begun = begun or _Begun()
    done, n = 0, len(begun.documents) + len(documents)
    with _marked(job.root):
        results = chain(begun.results, _ask(documents, job))
        while extracts := _next(results):
            for item in extracts:
                ledger.keep(item)
            done += len(extracts)
            job.progress(_OPENED + (_READ - _OPENED) * done / n, f"Read {done:,} of {n:,} reports")
            yield [item.document.report_id for item in extracts]


def _ask(documents: Sequence[Document], job: _Job) -> Iterable[list[Extract]]:
    """Have reports read, in batches; some runners begin at once."""
    return job.runner(partial(read_batch, config=job.config), list(_batches(documents)))


def _next(results: Iterator[list[Extract]]) -> list[Extract]:
    with _collected():
        return next(results, [])


def _batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Yield reports in batches of like length, the last ones short, so that all workers end together."""
    batch: list[Document] = []
    size = 0
    for left, document in zip(range(len(documents), 0, -1), documents, strict=True):
        batch.append(document)
        size += len(document.text)
        if len(batch) >= (_BATCH if left > _LAST else min(_BATCH, TOGETHER)) or size >= _BATCH_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _amend(documents: Iterable[Document], corpus: _Corpus, reading: _Reading) -> tuple[Amended, dict[str, list[Claim]]]:
    """Apply the corrections to the reports that they name."""
    names = named_reports(corpus.corrections)
    named = [d for d in documents if names and not names.isdisjoint((d.report, d.report_id))]
    return amend(chain.from_iterable(reading.extracts(named)), corpus.corrections)


def _assembled(
    originals: Iterable[Document],
    documents: Iterable[Document],
    stories: Sequence[Story],
    corrected: Mapping[str, Sequence[Claim]],
    reading: _Reading,
) -> Iterator[Assembled]:
    """Yield the rows of reports, whole stories at a time: their lineage is that of the reports as they came."""
    came = {d.report_id: d for d in originals}
    dated = {d.report_id: d for d in documents}
    for first in range(0, len(stories), _BATCH):
        some = stories[first : first + _BATCH]
        members = [id_ for story in some for id_ in story.scores]
        copies, borrowings = trace([came[id_] for id_ in members], some, reading.ledger.trace_of)
        origins = {id_: story.origin for story in some for id_ in story.scores}
        around = Surroundings(origins, variants(borrowings), corrected)
        extracts = chain.from_iterable(reading.extracts([dated[id_] for id_ in members]))
        assembled = assemble(extracts, around)
        rows = {"copies": list(map(copy_row, copies)), "lineage": list(map(lineage_row, borrowings))}
        yield Assembled(assembled.rows | rows, assembled.told)


@contextmanager
def _marked(root: Path) -> Iterator[None]:
    """Leave a mark while reports are read; where a build has left it, a report may have ended its process.

    Then they are read in processes apart, which set such a report aside.
    """
    mark = root / _MARK
    with suppress(OSError):  # what cannot be written is told by the publication
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    try:
        yield
    finally:
        with suppress(OSError):
            mark.unlink(missing_ok=True)


def _report(generation: Generation, *, fresh: bool, read: int = 0, warning: str = "") -> BuildReport:
    lines = generation.records("SELECT report, reason FROM tray WHERE kind = 'unreadable' ORDER BY report, reason")
    counts = generation.meta["counts"]
    return BuildReport(
        generation=generation,
        reports=counts["reports"],
        sources=counts["sources"],
        claims=counts["claims"],
        events=counts["events"],
        undated=counts["undated"],
        unplaced=counts["unplaced"],
        rejected=counts["rejected"],
        orphaned=counts["orphaned"],
        model=generation.meta["model"],
        unreadable=tuple(Unreadable(x["report"], x["reason"]) for x in lines),
        fresh=fresh,
        read=read,
        warning=warning,
    )


def _silent(_share: float, _text: str) -> None:
    """Report no progress."""


# --- what a build depends on ---


def _key(folder: Path, corrections: Sequence[Correction], config: Config, gazetteer: str) -> str:
    """Return a hash of all that decides a build's output: reports, corrections, code, gazetteer and language model.

    The reports are hashed, not read, and the models named, not loaded: that takes seconds that a page with nothing to
    build has not got. What changes between this and the reading is seen the next time.
    """
    digest = hashlib.sha256()
    ids = tuple(correction.correction_id for correction in corrections)
    for part in (fingerprint(folder), ids, _code(), gazetteer, config.model):
        digest.update(f"{part!r}\n".encode())
    digest.update(repr(_installed_readers()).encode())
    return digest.hexdigest()


@cache
def _code() -> str:
    """Return a hash of the package's own files, so that a build by older code is stale."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.is_file() and path.suffix in {".py", ".json", ".csv", ".tsv", ".txt"}:
            digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def _installed_readers() -> list[str]:
    """Return the packages whose version decides how a report or a page is read."""
    readers = ("en-core-web", "en_core_web", "spacy", "trafilatura", "justext", "lxml")
    found = (d for d in distributions() if (d.name or "").lower().startswith(readers))
    return sorted(f"{d.name} {d.version}" for d in found)


def _gazetteer(config: Config, progress: Progress | None = None) -> Gazetteer:
    """Return this process's gazetteer, opened again when its curated file or the imported layers have changed.

    To open it takes a tenth of a second, which the page would spend at every run.
    """
    path = config.gazetteer or resource("gazetteer.csv")
    status = path.stat() if path.exists() else None
    stamp = (status and (status.st_mtime_ns, status.st_size), layers_stamp())
    key = (replace(config, model=None), stamp)
    opened = _opened.get(key) or open_gazetteer(config, progress)
    _opened.clear()
    _opened[key] = opened
    return opened


_opened: dict[tuple[Config, object], Gazetteer] = {}
