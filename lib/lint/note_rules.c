#include "base/fold.h"
#include "lint/internal.h"
#include "syntax/gap.h"

enum { EXPIRED_NOTE, TODO, RULE_COUNT };

static const hj_rule rules[RULE_COUNT] = {
	[EXPIRED_NOTE] =
		{
			.code = "F010",
			.name = "expired-note",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a comment says that something ends on a day that has passed",
			.why = "Access that was given for a time stays until somebody takes it "
			       "away, and the comment is all that reminds of it. A day beside TODO "
			       "or FIXME may be the day of writing: then it is information only.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t// For the audit, until 2021-03-31.\n"
			       "\t\t{\"src\": [\"eve@example.com\"], \"dst\": [\"10.0.0.5\"], "
			       "\"ip\": [\"tcp:443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [],\n"
				"}\n",
			.fix = "remove what the comment is about, or set a new day",
		},
	[TODO] =
		{
			.code = "F011",
			.name = "todo",
			.severity = HJ_INFO_LEVEL,
			.summary = "a comment says that something is still to do",
			.why = "In a policy that is in use an unfinished rule is a rule.",
			.bad = "{\n"
			       "\t// TODO: not for all ports\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:admin\"], \"dst\": "
			       "[\"10.0.0.5\"], \"ip\": [\"tcp:*\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:admin\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "do it, or take the comment out",
			.off = true,
		},
};

const hj_rule *hj__note_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct notes {
	hj_lint_run *run;
	bool expired, todo; /* wanted */
} notes;

/* -- days -------------------------------------------------------------------------------------- */

static bool number_at(const char *at, int digits, int *out)
{
	int number = 0;
	for (int i = 0; i < digits; i++) {
		if (at[i] < '0' || at[i] > '9')
			return false;
		number = number * 10 + (at[i] - '0');
	}
	*out = number;
	return true;
}

/* Days since 1970, in the calendar that holds since 1582 and is thought back from there. */
static int64_t day_number(int year, int month, int day)
{
	/* Years that begin in March: the leap day comes last. */
	int64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;
	int64_t era = y / 400, of_era = y % 400;
	int64_t of_year = (153 * m + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

enum { DATE_SIZE = 10 };

/* 2021-03-31 or 2021/03/31 at a place, with no digit around it. */
static bool date_at(hj_slice text, size_t at, int64_t *day)
{
	int year, month, of_month;
	const char *data = text.data + at;
	if (text.size - at < DATE_SIZE || (at && data[-1] >= '0' && data[-1] <= '9') ||
		(data[4] != '-' && data[4] != '/') || data[7] != data[4] ||
		!number_at(data, 4, &year) || !number_at(data + 5, 2, &month) ||
		!number_at(data + 8, 2, &of_month) || year < 1970 || month < 1 || month > 12 ||
		of_month < 1 || of_month > 31 ||
		(text.size - at > DATE_SIZE && data[DATE_SIZE] >= '0' && data[DATE_SIZE] <= '9'))
		return false;
	*day = day_number(year, month, of_month);
	return true;
}

/* -- comments ---------------------------------------------------------------------------------- */

static bool is_letter(char byte)
{
	byte = hj_fold(byte);
	return byte >= 'a' && byte <= 'z';
}

/*
 * Does one of some words stand in the text, whatever its letter case? Without `whole`, "expire" also
 * stands in "expired".
 */
static bool has_word(hj_slice text, const char *const *words, size_t count, bool whole)
{
	for (size_t i = 0; i < text.size; i++) {
		if (!is_letter(text.data[i]) || (i && is_letter(text.data[i - 1])))
			continue;
		for (size_t k = 0; k < count; k++) {
			size_t size = strlen(words[k]);
			if (text.size - i >= size &&
				hj_slice_equal_folded(hj_slice_of(text.data + i, size),
					hj_slice_of(words[k], size)) &&
				!(whole && i + size < text.size && is_letter(text.data[i + size])))
				return true;
		}
	}
	return false;
}

#define HAS_WORD(text, words, whole) has_word(text, words, sizeof(words) / sizeof *(words), whole)

static const char *const ends[] = {"expire", "expiry", "until", "till ", "valid to",
	"valid through", "remove after", "remove by", "remove on", "delete after", "temporary",
	"revoke"};
static const char *const todos[] = {"todo", "fixme", "xxx:", "hack:"};

static void judge_comment(notes *check, hj_slice text)
{
	hj_findings *findings = check->run->findings;
	const char *data = hj_document_source(check->run->document)->data;
	hj_span span = {(uint32_t)(text.data - data), (uint32_t)(text.data + text.size - data)};
	bool todo = HAS_WORD(text, todos, true);
	if (todo && check->todo)
		hj_findings_add(findings, &rules[TODO], span, "something is still to do here");
	for (size_t at = 0; check->expired && at + DATE_SIZE <= text.size; at++) {
		int64_t day;
		if (!date_at(text, at, &day) || day >= check->run->options->today)
			continue;
		hj_slice before = {text.data, at};
		bool ending = HAS_WORD(before, ends, false);
		if (!ending && !todo)
			continue;
		hj_finding *finding = hj_findings_add(findings, &rules[EXPIRED_NOTE], span,
			"the day in this comment, %.*s, has passed", (int)DATE_SIZE,
			text.data + at);
		if (finding && !ending)
			finding->severity = HJ_INFO_LEVEL;
		return;
	}
}

enum { SHORTEST_NOTE = 6 }; /* bytes: "//todo" */

/* Brackets and what else is no comment come as marks. */
static void judge_gap(notes *check, const char *from, const char *to)
{
	if (!memchr(from, '/', (size_t)(to - from)))
		return;
	hj_gap gap = {from, to};
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);)
		if (piece.kind == HJ_GAP_LINE || piece.kind == HJ_GAP_BLOCK)
			judge_comment(
				check, hj_slice_of(piece.start, (size_t)(piece.end - piece.start)));
}

hj_status hj__check_note(hj_lint_run *run)
{
	const hj_source *source = hj_document_source(run->document);
	const hj_node *nodes = hj_document_nodes(run->document);
	notes check = {.run = run,
		.expired = hj__wants(run, &rules[EXPIRED_NOTE]) && run->options->today > 0,
		.todo = hj__wants(run, &rules[TODO])};
	if (!run->is_policy || hj_document_error(run->document) || !(check.expired || check.todo))
		return HJ_OK;
	uint32_t from = 0, count = hj_document_count(run->document);
	for (uint32_t i = 0; i < count; i++) {
		if (nodes[i].start - from >= SHORTEST_NOTE)
			judge_gap(&check, source->data + from, source->data + nodes[i].start);
		from = hj_node_is_container(&nodes[i]) ? nodes[i].start + 1 : nodes[i].end;
	}
	judge_gap(&check, source->data + from, source->data + source->size);
	return run->findings->status;
}
