#include "base/fold.h"
#include "base/utf8.h"
#include "lint/edits.h"
#include "lint/lists.h"
#include "policy/selector.h"
#include "syntax/string.h"

enum {
	PADDED_TEXT,
	TAG_CASE,
	NAME_CONVENTION,
	LOOK_ALIKE,
	UNEXPLAINED_RULE,
	NEEDLESS_ESCAPE,
	RULE_COUNT
};

static const hj_rule rules[RULE_COUNT] = {
	[PADDED_TEXT] =
		{
			.code = "F001",
			.name = "padded-text",
			.severity = HJ_INFO_LEVEL,
			.summary = "blanks stand at the end or the beginning of a name",
			.why = "The service takes them off. Searches do not, and a reader does not "
			       "see them.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"alice@example.com \"], \"dst\": "
			       "[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"alice@example.com\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "remove the blanks",
		},
	[TAG_CASE] =
		{
			.code = "F002",
			.name = "tag-case",
			.severity = HJ_INFO_LEVEL,
			.summary = "a tag is written with capitals",
			.why = "Tags are kept in lower case, whatever the policy says: devices "
			       "show tag:web, and a search for that does not find tag:Web.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:web\": []},\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"tag:Web\"], \"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": []},\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"tag:web\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "write it in lower case",
		},
	[NAME_CONVENTION] =
		{
			.code = "F003",
			.name = "name-convention",
			.severity = HJ_INFO_LEVEL,
			.summary = "a name does not look like the others should",
			.why = "Names that follow one pattern are found and guessed. The "
			       "configuration has a pattern for each kind of name; without one, "
			       "tags, groups, hosts and IP sets are lower-case letters, digits and "
			       "hyphens.",
			.bad = "{\n"
			       "\t\"groups\": {\"group:Web_Admins\": [\"alice@example.com\"]},\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\"group:web-admins\": [\"alice@example.com\"]},\n"
				"}\n",
			.fix = "rename it, here and wherever it is used",
			.off = true,
		},
	[LOOK_ALIKE] =
		{
			.code = "F004",
			.name = "look-alike-character",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a name has a character that looks like another one, or like "
				   "nothing",
			.why = "A Cyrillic o among Latin letters, a long dash, a space without "
			       "width: they come with text that is copied from elsewhere. The name "
			       "is another one than it seems, and means nobody.",
			.bad = "{\n"
			       "\t\"groups\": {\"group:\xD0\xBEps\": [\"alice@example.com\"]},\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\"group:ops\": [\"alice@example.com\"]},\n"
				"}\n",
			.fix = "write the name anew",
		},
	[UNEXPLAINED_RULE] =
		{
			.code = "F005",
			.name = "rule-without-comment",
			.severity = HJ_INFO_LEVEL,
			.summary = "a rule has no comment that says what it is for",
			.why = "Nobody dares to remove a rule that nobody can explain.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"autogroup:member\"], \"dst\": [\"10.0.0.5\"], "
			       "\"ip\": [\"tcp:443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t// The wiki is for all.\n"
				"\t\t{\"src\": [\"autogroup:member\"], \"dst\": [\"10.0.0.5\"], "
				"\"ip\": [\"tcp:443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write a comment before the rule",
			.off = true,
		},
	[NEEDLESS_ESCAPE] =
		{
			.code = "F006",
			.name = "needless-escape",
			.severity = HJ_INFO_LEVEL,
			.summary = "a text has escapes that it does not need",
			.why = "Programs that write JSON for web pages turn > into \\u003e and & "
			       "into \\u0026. A condition such as node:osVersion >= '14' is then "
			       "hard to read and to find.",
			.bad = "{\n"
			       "\t\"postures\": {\"posture:new\": [\"node:tsVersion \\u003e= "
			       "'1.60'\"]},\n"
			       "}\n",
			.good = "{\n"
				"\t\"postures\": {\"posture:new\": [\"node:tsVersion >= "
				"'1.60'\"]},\n"
				"}\n",
			.fix = "write the characters themselves",
			.off = true,
		},
};

const hj_rule *hj__style_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct style {
	hj_lint_run *run;
	bool wants[RULE_COUNT];
	bool escapes; /* there is one */
	bool other;   /* there is an escape, or a byte that is not ASCII */
} style;

static hj_span span_at(const style *check, uint32_t node)
{
	return hj_node_span(&hj_document_nodes(check->run->document)[node]);
}

/* -- characters that look like others ---------------------------------------------------------- */

/* What a character looks like; ' ' for one that looks like nothing or a space, 0 for no other. */
static char looks_like(uint32_t code)
{
	static const struct {
		uint16_t code;
		char like;
	} letters[] = {{0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'},
		{0x0399, 'I'}, {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'},
		{0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'}, {0x03A7, 'X'}, {0x03B1, 'a'},
		{0x03BD, 'v'}, {0x03BF, 'o'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'},
		{0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'},
		{0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'},
		{0x0425, 'X'}, {0x0430, 'a'}, {0x0435, 'e'}, {0x043E, 'o'}, {0x0440, 'p'},
		{0x0441, 'c'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'},
		{0x0458, 'j'}, {0x04BB, 'h'}, {0x04CF, 'l'}, {0x0501, 'd'}, {0x2212, '-'}};
	if (code >= 0xFF01 && code <= 0xFF5E)
		return (char)(code - 0xFF01 + '!');
	if (code >= 0x2010 && code <= 0x2015)
		return '-';
	if (code == 0xAD || code == 0xA0 || code == 0xFEFF || code == 0x2060 ||
		(code >= 0x2000 && code <= 0x200F) || (code >= 0x2028 && code <= 0x202F))
		return ' ';
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i].code == code)
			return letters[i].like;
	return 0;
}

typedef struct likeness {
	uint32_t code; /* the first character that looks like another */
	char like;
	bool suspicious;
} likeness;

/*
 * A name that is all of another alphabet is somebody's own; one where letters of two meet is not.
 * What stands before the colon is always ASCII and does not count.
 */
static likeness judge_text(hj_slice text)
{
	likeness result = {0};
	bool latin = false, foreign = false;
	const char *end = text.data + text.size, *at = text.data;
	const char *colon = memchr(text.data, ':', text.size);
	for (at = colon ? colon + 1 : at; at < end;) {
		uint32_t code;
		int size = hj_utf8_decode(at, end, &code);
		char like = code < 0x80 ? 0 : looks_like(code);
		latin = latin || (code < 0x80 && ((code | 0x20) >= 'a' && (code | 0x20) <= 'z'));
		foreign = foreign || (code >= 0x80 && !like && code != HJ_REPLACEMENT);
		if (like && !result.code)
			result = (likeness){code, like, like == ' ' || like == '-'};
		at += size ? size : 1;
	}
	result.suspicious = result.code && (result.suspicious || (latin && !foreign));
	return result;
}

/* The text with its look-alikes replaced, between the quotes of its string. */
static void replace_look_alikes(style *check, hj_finding *finding, const hj_word *word)
{
	char plain[128];
	size_t size = 0;
	const char *end = word->text.data + word->text.size;
	if (word->text.size > sizeof plain)
		return;
	for (const char *at = word->text.data; at < end;) {
		uint32_t code;
		int step = hj_utf8_decode(at, end, &code);
		char like = code < 0x80 ? 0 : looks_like(code);
		if (step == 0)
			return;
		if (like == 0)
			for (int i = 0; i < step; i++)
				plain[size++] = at[i];
		else if (like != ' ')
			plain[size++] = like;
		at += step;
	}
	hj__edit_string(check->run, finding, word->node, hj_slice_of(plain, size));
}

/* Eight bytes a step: every string of a policy with one letter that is none is asked. */
static bool is_ascii(hj_slice text)
{
	uint64_t seen = 0, eight;
	size_t i = 0;
	for (; text.size - i >= sizeof eight; i += sizeof eight) {
		memcpy(&eight, text.data + i, sizeof eight);
		seen |= eight;
	}
	for (; i < text.size; i++)
		seen |= (unsigned char)text.data[i];
	return !(seen & UINT64_C(0x8080808080808080));
}

static void find_look_alike(style *check, const hj_word *word)
{
	if (is_ascii(word->text))
		return;
	likeness found = judge_text(word->text);
	if (!found.suspicious)
		return;
	hj_finding *finding = found.like == ' '
		? hj_findings_add(check->run->findings, &rules[LOOK_ALIKE],
			  span_at(check, word->node),
			  "the character U+%04X in this name cannot be seen", found.code)
		: hj_findings_add(check->run->findings, &rules[LOOK_ALIKE],
			  span_at(check, word->node), "the character U+%04X looks like \"%c\"",
			  found.code, found.like);
	replace_look_alikes(check, finding, word);
}

/* -- strings of lists -------------------------------------------------------------------------- */

static void find_padding(style *check, const hj_word *word)
{
	hj_slice text = word->text, trimmed = hj_trim(text);
	if (trimmed.size == text.size || trimmed.size == 0)
		return;
	hj_finding *finding = hj_findings_add(check->run->findings, &rules[PADDED_TEXT],
		span_at(check, word->node), "blanks stand around \"%.*s\"", HJ_SLICE_ARGS(trimmed));
	if (hj_document_nodes(check->run->document)[word->node].bits & HJ_ESCAPED)
		return;
	hj__edit_string(check->run, finding, word->node, trimmed);
	if (finding)
		finding->safe = true;
}

static hj_status visit(void *context, hj__place place, const hj_words *words)
{
	style *check = context;
	(void)place;
	for (uint32_t i = 0; i < words->count; i++) {
		if (check->wants[PADDED_TEXT])
			find_padding(check, &words->items[i]);
		if (check->wants[LOOK_ALIKE] && check->other)
			find_look_alike(check, &words->items[i]);
	}
	return HJ_OK;
}

/* -- names ------------------------------------------------------------------------------------- */

static bool is_kebab(hj_slice name)
{
	for (size_t i = 0; i < name.size; i++) {
		char byte = name.data[i];
		if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-'))
			return false;
	}
	return true;
}

static void judge_name(style *check, hj_name_kind kind, const hj_word *word)
{
	const hj_lint_options *options = check->run->options;
	const hj_name_info *info = hj_name_info_of(kind);
	hj_slice prefix = hj_slice_str(info->prefix), name = hj_trim(word->text);
	const char *pattern = NULL;
	if (!hj_slice_starts(name, prefix) || memchr(name.data, '@', name.size))
		return;
	name = hj_slice_of(name.data + prefix.size, name.size - prefix.size);
	bool ruled = false;
	for (size_t i = 0; i < options->convention_count; i++) {
		const hj_convention *convention = &options->conventions[i];
		const char *section = convention->section;
		if (strcmp(section, info->section) != 0)
			continue;
		ruled = true;
		if (!convention->follows(convention->context, name))
			pattern = convention->pattern;
	}
	if (!ruled && kind != HJ_POSTURE && !is_kebab(name))
		pattern = "lower-case letters, digits and hyphens";
	if (!pattern)
		return;
	hj_finding *finding = hj_findings_add(check->run->findings, &rules[NAME_CONVENTION],
		span_at(check, word->node), "\"%.*s\" does not follow the pattern for %ss",
		HJ_SLICE_ARGS(name), info->noun);
	hj_finding_help(
		check->run->findings, finding, ruled ? "the pattern is %s" : "use %s", pattern);
}

static void judge_names(style *check)
{
	const hj_policy *policy = check->run->policy;
	const struct {
		hj_name_kind kind;
		const hj_entries *entries;
	} sections[] = {
		{HJ_TAG, &policy->tag_owners},
		{HJ_GROUP, &policy->groups},
		{HJ_HOST, &policy->hosts},
		{HJ_IPSET, &policy->ipsets},
		{HJ_POSTURE, &policy->postures},
	};
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		for (uint32_t k = 0; k < sections[i].entries->count; k++) {
			const hj_word *word = &sections[i].entries->items[k].name;
			if (check->wants[NAME_CONVENTION])
				judge_name(check, sections[i].kind, word);
			if (check->wants[LOOK_ALIKE] && check->other)
				find_look_alike(check, word);
		}
}

/* A tag's bytes in the source: of a use its name alone, of a definition the whole string. */
static void judge_tag(style *check, const hj_mention *mention)
{
	hj_lint_run *run = check->run;
	const hj_node *string = &hj_document_nodes(run->document)[mention->node];
	hj_slice bytes = hj_source_slice(hj_document_source(run->document), mention->span);
	bool capital = false;
	if (mention->kind != HJ_TAG || string->bits & HJ_ESCAPED)
		return;
	for (size_t i = 0; i < bytes.size; i++)
		capital = capital || (bytes.data[i] >= 'A' && bytes.data[i] <= 'Z');
	if (!capital)
		return;
	hj_finding *finding = hj_findings_add(run->findings, &rules[TAG_CASE], mention->span,
		"the tag is \"%.*s\"", HJ_SLICE_ARGS(mention->name));
	if (mention->position)
		hj_finding_edit(run->findings, finding, mention->span, mention->name);
	else
		hj__edit_string(run, finding, mention->node, mention->name);
	if (finding)
		finding->safe = true;
}

static void judge_tags(style *check)
{
	const hj_references *references = check->run->references;
	for (size_t i = 0; i < references->definitions.count; i++)
		judge_tag(check, &references->definitions.items[i]);
	for (size_t i = 0; i < references->policy->use_count; i++) {
		const hj_use *use = &references->policy->uses[i];
		const hj_named *named = hj_references_named(references, use);
		if (!named || !named->capitals)
			continue;
		hj_mention mention = hj_references_mention(references, use);
		judge_tag(check, &mention);
	}
}

/* -- rules and spelling ------------------------------------------------------------------------ */

static void find_unexplained(style *check, uint32_t list)
{
	const hj_node *nodes = hj_document_nodes(check->run->document);
	if (!list || hj_node_kind(&nodes[list]) != HJ_ARRAY)
		return;
	for (uint32_t at = list + 1; at < nodes[list].next; at = nodes[at].next) {
		bool explained = nodes[at].bits & HJ_LEAD_COMMENT;
		for (uint32_t i = at + 1; i < nodes[at].next && !explained; i++)
			explained = nodes[i].bits & (HJ_LEAD_COMMENT | HJ_TRAIL_COMMENT);
		if (!explained)
			hj_findings_add(check->run->findings, &rules[UNEXPLAINED_RULE],
				hj_node_span(&nodes[at]), "nothing says what this rule is for");
	}
}

static int hex(char digit)
{
	digit = hj_fold(digit);
	return digit >= '0' && digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

/* Is there an escaped slash, or the code of a character that could stand there itself? */
static bool has_needless_escape(hj_slice token)
{
	for (size_t i = 1; i + 1 < token.size; i++) {
		const char *at = token.data + i;
		if (*at != '\\')
			continue;
		if (at[1] == '/')
			return true;
		if (at[1] == 'u' && at[2] == '0' && at[3] == '0') {
			int code = hex(at[4]) * 16 + hex(at[5]);
			if (code >= ' ' && code < 0x7F && code != '"' && code != '\\')
				return true;
		}
		i++;
	}
	return false;
}

static hj_status find_escapes(style *check)
{
	const hj_document *document = check->run->document;
	const hj_node *nodes = hj_document_nodes(document);
	const hj_source *source = hj_document_source(document);
	hj_text value, spelling;
	hj_text_init(&value, check->run->allocator);
	hj_text_init(&spelling, check->run->allocator);
	for (uint32_t i = 0; i < hj_document_count(document); i++) {
		hj_slice token = hj_source_slice(source, hj_node_span(&nodes[i]));
		if (!(nodes[i].bits & HJ_ESCAPED) || !has_needless_escape(token))
			continue;
		hj_finding *finding = hj_findings_add(check->run->findings, &rules[NEEDLESS_ESCAPE],
			hj_node_span(&nodes[i]), "this text has escapes that it does not need");
		hj_text_clear(&value);
		hj_text_clear(&spelling);
		hj_string_decode(token, &value);
		hj_string_encode(hj_text_slice(&value), &spelling);
		hj_finding_edit(check->run->findings, finding, hj_node_span(&nodes[i]),
			hj_text_slice(&spelling));
		if (finding)
			finding->safe = true;
	}
	hj_status status = value.status ? value.status : spelling.status;
	hj_text_free(&value);
	hj_text_free(&spelling);
	return status;
}

/* Is there a byte that is not ASCII? Eight at a time: behind the end of a source there are zeros. */
static bool has_other(const hj_source *source)
{
	uint64_t all = 0, eight;
	for (uint32_t i = 0; i < source->size; i += (uint32_t)sizeof eight) {
		memcpy(&eight, source->data + i, sizeof eight);
		all |= eight;
	}
	return all & UINT64_C(0x8080808080808080);
}

hj_status hj__check_style(hj_lint_run *run)
{
	if (!run->is_policy || hj_document_error(run->document))
		return HJ_OK;
	const hj_source *source = hj_document_source(run->document);
	style check = {.run = run, .escapes = memchr(source->data, '\\', source->size)};
	check.other = check.escapes || has_other(source);
	for (int i = 0; i < RULE_COUNT; i++)
		check.wants[i] = hj__wants(run, &rules[i]);
	hj__each_list(run->policy, HJ__SELECTORS | HJ__AT(SSH_USERS), visit, &check);
	judge_names(&check);
	if (check.wants[TAG_CASE])
		judge_tags(&check);
	if (check.wants[UNEXPLAINED_RULE]) {
		find_unexplained(&check, run->policy->acls.node);
		find_unexplained(&check, run->policy->grants.node);
		find_unexplained(&check, run->policy->ssh.node);
	}
	hj_status status =
		check.wants[NEEDLESS_ESCAPE] && check.escapes ? find_escapes(&check) : HJ_OK;
	return status ? status : run->findings->status;
}
