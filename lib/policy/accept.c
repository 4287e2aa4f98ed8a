#include "policy/accept.h"

#include "base/fold.h"
#include "base/suggest.h"
#include "policy/acceptance.h"

/* -- the answer -------------------------------------------------------------------------------- */

hj_answer hj_answer_of(const hj_findings *findings)
{
	const hj_finding *decides = NULL;
	for (size_t i = 0; i < findings->count; i++) {
		const hj_finding *finding = &findings->items[i];
		if (finding->refusal && (!decides || finding->refusal < decides->refusal))
			decides = finding;
	}
	if (!decides)
		return (hj_answer){.status = 200};
	bool broken = hj_slice_equal(decides->service, HJ_SLICE("internal server error"));
	return (hj_answer){broken ? 500 : 400, decides->service, decides};
}

/* -- faults ------------------------------------------------------------------------------------ */

void hj__at_entry(hj_acceptance *run, const char *section, uint32_t index)
{
	run->place = (hj_entry_place){section, HJ_BY_INDEX, index, HJ_SLICE("")};
}

void hj__at_name(hj_acceptance *run, const char *section, hj_slice name)
{
	run->place = (hj_entry_place){section, HJ_BY_NAME, 0, name};
}

void hj__at_section(hj_acceptance *run, const char *section)
{
	run->place = (hj_entry_place){section, HJ_WHOLE_SECTION, 0, HJ_SLICE("")};
}

static void append_place(hj_text *out, const hj_entry_place *place)
{
	hj_text_str(out, place->section);
	if (place->by == HJ_BY_INDEX)
		hj_text_printf(out, "[%u]", place->index);
	else if (place->by == HJ_BY_NAME)
		hj_text_printf(out, "[\"%.*s\"]", HJ_SLICE_ARGS(place->name));
}

hj_finding *hj__blame(hj_acceptance *run, const hj_rule *rule, uint32_t node, hj_span span,
	const char *field, const char *format, ...)
{
	hj_text *message = &run->message;
	hj_text_clear(message);
	append_place(message, &run->place);
	hj_text_printf(message, "%s: ", field);
	va_list arguments;
	va_start(arguments, format);
	hj_text_vprintf(message, format, arguments);
	va_end(arguments);
	hj_finding *finding = hj_findings_add(
		run->findings, rule, span, "%.*s", HJ_WHOLE(hj_text_slice(message)));
	if (finding && rule->severity == HJ_ERROR_LEVEL)
		finding->refusal = hj_refusal_in(run->policy, run->stage, hj__step_of(rule), node);
	return finding;
}

void hj__doubt(hj_finding *finding)
{
	if (!finding)
		return;
	finding->severity = HJ_WARNING_LEVEL;
	finding->refusal = 0;
}

hj_span hj__part(const hj_acceptance *run, hj_word word, hj_slice part)
{
	const hj_node *node = &run->nodes[word.node];
	hj_span span = hj_node_span(node);
	bool inside = part.data >= word.text.data &&
		part.data + part.size <= word.text.data + word.text.size;
	if (hj_node_kind(node) != HJ_STRING || node->bits & HJ_ESCAPED || !part.data ||
		part.size == 0 || !inside)
		return span;
	span.start += 1 + (uint32_t)(part.data - word.text.data);
	span.end = span.start + (uint32_t)part.size;
	return span;
}

hj_span hj__opening(const hj_acceptance *run, uint32_t node)
{
	uint32_t start = run->nodes[node].start;
	return (hj_span){start, start + 1};
}

/* -- seats ------------------------------------------------------------------------------------- */

uint64_t hj__bit(const hj_selector *selector)
{
	if (selector->kind == HJ_SELECT_AUTOGROUP)
		return UINT64_C(1) << (32 + selector->autogroup);
	return UINT64_C(1) << selector->kind;
}

static const char *noun_of(const hj_selector *selector)
{
	switch (selector->kind) {
	case HJ_SELECT_ALL: return "the wildcard";
	case HJ_SELECT_USER: return "a user";
	case HJ_SELECT_DOMAIN: return "all users of a domain";
	case HJ_SELECT_LOCALPART: return "an account's name pattern";
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED: return "a group";
	case HJ_SELECT_TAG: return "a tag";
	case HJ_SELECT_AUTOGROUP: return "this autogroup";
	case HJ_SELECT_IPSET: return "an IP set";
	case HJ_SELECT_POSTURE: return "a posture";
	case HJ_SELECT_SERVICE: return "a service";
	case HJ_SELECT_ADDRESS: return "an address";
	case HJ_SELECT_PREFIX: return "a network";
	case HJ_SELECT_RANGE: return "a range of addresses";
	default: return "a host";
	}
}

/* What is wrong with a text that is no selector at all. */
static hj_finding *blame_text(
	hj_acceptance *run, const hj_seat *seat, hj_word word, const hj_selector *selector)
{
	hj_slice text = selector->text;
	hj_finding *finding = hj__blame(run, seat->rule, word.node, hj__part(run, word, text),
		seat->field, "\"%.*s\" is no selector", HJ_SLICE_ARGS(text));
	if (text.data[0] == '!' || text.data[0] == '-')
		hj__help(run, finding, "there is no negation; only IP sets can take away");
	else if (memchr(text.data, '*', text.size))
		hj__help(run, finding,
			"names have no patterns; \"*\" stands alone, or in user:*@DOMAIN");
	else if (memchr(text.data, '/', text.size) || memchr(text.data, '.', text.size))
		hj__help(run, finding,
			"if an address is meant, each number goes up to 255 and the length of the "
			"network to 32 (128 for IPv6)");
	else
		hj__help(run, finding,
			"write tag:…, group:…, autogroup:…, ipset:…, a login with an @, an "
			"address, or a name from \"hosts\"");
	return finding;
}

static hj_finding *blame_autogroup(
	hj_acceptance *run, const hj_seat *seat, hj_word word, const hj_selector *selector)
{
	hj_finding *finding = hj__blame(run, seat->rule, word.node,
		hj__part(run, word, selector->text), seat->field, "there is no autogroup \"%.*s\"",
		HJ_SLICE_ARGS(selector->name));
	hj_suggest suggest;
	hj_suggest_begin(&suggest, selector->name);
	for (hj_autogroup i = HJ_AUTOGROUP_MEMBER; i <= HJ_AUTOGROUP_NONROOT; i++)
		hj_suggest_offer(&suggest, hj_slice_str(hj_autogroup_name(i)));
	if (suggest.best.size) {
		hj__help(run, finding, "did you mean \"autogroup:%.*s\"?",
			HJ_SLICE_ARGS(suggest.best));
		hj_span span = hj__part(run, word, selector->name);
		if (finding && !(run->nodes[word.node].bits & HJ_ESCAPED) && selector->name.size)
			hj_finding_edit(run->findings, finding, span, suggest.best);
	}
	return finding;
}

bool hj__is_foreign(const hj_acceptance *run, const hj_selector *selector)
{
	enum { MOST = 253 }; /* bytes of a domain */
	char key[7 + MOST] = "domain:";
	/* headscale has users of any domain in one tailnet. */
	if (run->headscale || run->domain.size == 0 || hj_slice_equal(selector->name, run->domain))
		return false;
	if (!run->known || selector->name.size == 0 || selector->name.size > MOST)
		return true;
	memcpy(key + 7, selector->name.data, selector->name.size);
	return !hj_map_get(run->known, hj_slice_of(key, 7 + selector->name.size));
}

/* A selector of a kind that may stand here, in a form that it has not. */
static hj_finding *check_form(
	hj_acceptance *run, const hj_seat *seat, hj_word word, const hj_selector *selector)
{
	hj_slice text = selector->text;
	hj_span span = hj__part(run, word, text);
	const char *fault = selector->kind == HJ_SELECT_SERVICE ? hj_service_fault(text) : NULL;
	if (fault) {
		hj_finding *finding = hj__blame(run, seat->rule, word.node, span, seat->field,
			"\"%.*s\" is no service: it %s", HJ_SLICE_ARGS(text), fault);
		hj__help(run, finding, "write the name as the service has it, \"svc:db\"");
		return finding;
	}
	if (selector->kind == HJ_SELECT_DOMAIN && run->stage != HJ_STAGE_SSH &&
		hj__is_foreign(run, selector)) {
		hj_finding *finding = hj__blame(run, seat->rule, word.node,
			hj__part(run, word, selector->name), seat->field,
			"\"%.*s\" is no domain of this tailnet; it is not known whether the "
			"service "
			"takes it here",
			HJ_SLICE_ARGS(selector->name));
		hj__help(run, finding, "write the tailnet's own domain, in the same letter case");
		hj__doubt(finding);
		return finding;
	}
	if (!selector->odd || run->headscale)
		return NULL;
	hj_finding *finding = hj__blame(run, seat->rule, word.node, span, seat->field,
		"\"%.*s\" has not the form of a login; it is not known whether the service takes "
		"it",
		HJ_SLICE_ARGS(text));
	hj__help(run, finding,
		memchr(text.data, '*', text.size)
			? "names have no patterns; all users of a domain are user:*@DOMAIN"
			: "write a login: alice@example.com, alice@github");
	hj__doubt(finding);
	return finding;
}

hj_finding *hj__seat(
	hj_acceptance *run, const hj_seat *seat, hj_word word, const hj_selector *selector)
{
	uint64_t bit = hj__bit(selector);
	if (selector->kind == HJ_SELECT_TEMPLATE)
		return NULL;
	if (bit & seat->allowed)
		return check_form(run, seat, word, selector);
	if (selector->kind == HJ_SELECT_WORD && run->headscale)
		return NULL;
	hj_span span = hj__part(run, word, selector->text);
	if (bit & seat->unknown) {
		hj_finding *finding = hj__blame(run, seat->rule, word.node, span, seat->field,
			"it is not known whether the service takes %s as %s", noun_of(selector),
			seat->noun);
		hj__doubt(finding);
		return finding;
	}
	if (selector->kind == HJ_SELECT_EMPTY)
		return hj__blame(run, seat->rule, word.node, span, seat->field,
			"an empty text cannot be %s", seat->noun);
	if (selector->kind == HJ_SELECT_OTHER)
		return blame_text(run, seat, word, selector);
	if (selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == HJ_AUTOGROUP_UNKNOWN)
		return blame_autogroup(run, seat, word, selector);
	return hj__blame(run, seat->rule, word.node, span, seat->field, "\"%.*s\": %s cannot be %s",
		HJ_SLICE_ARGS(selector->text), noun_of(selector), seat->noun);
}

void hj__blame_name(hj_acceptance *run, const hj_rule *rule, hj_word name, const char *prefix)
{
	hj_slice text = hj_trim(name.text), meant = text;
	hj_span span = hj_node_span(&run->nodes[name.node]);
	bool nameless = hj_slice_equal(text, hj_slice_str(prefix));
	hj_finding *finding = hj__blame(run, rule, name.node, span, "",
		nameless ? "there is no name behind \"%s\"" : "the name does not begin with \"%s\"",
		prefix);
	/* "groups:eng" has another prefix, "eng" none. */
	const char *colon = text.size ? memchr(text.data, ':', text.size) : NULL;
	if (colon)
		meant = hj_slice_of(colon + 1, text.size - (size_t)(colon + 1 - text.data));
	if (meant.size == 0)
		meant = HJ_SLICE("NAME");
	hj__help(run, finding, "write \"%s%.*s\"", prefix, HJ_SLICE_ARGS(meant));
}

void hj__host_bits(hj_acceptance *run, const char *field, hj_word word, const hj_selector *prefix)
{
	bool changed = false;
	if (prefix->kind != HJ_SELECT_PREFIX)
		return;
	hj_prefix masked = hj_prefix_masked(prefix->prefix, &changed);
	if (!changed)
		return;
	hj_span span = hj__part(run, word, prefix->text);
	hj_finding *finding = hj__blame(run, &hj__acl_rows[A_HOST_BITS], word.node, span, field,
		"\"%.*s\" has bits set behind its /%u; it is not known what the service does then",
		HJ_SLICE_ARGS(prefix->text), (unsigned)prefix->prefix.bits);
	hj_text_clear(&run->words);
	hj_prefix_append(&run->words, masked);
	hj_slice meant = hj_text_slice(&run->words);
	hj__help(run, finding, "the network is %.*s; one address is written without a length",
		HJ_SLICE_ARGS(meant));
	if (finding && !(run->nodes[word.node].bits & HJ_ESCAPED))
		hj_finding_edit(run->findings, finding, span, meant);
}

const hj_entry *hj__host(const hj_acceptance *run, hj_slice name)
{
	const uint32_t *index = hj_map_get(&run->hosts, name);
	return index ? &run->policy->hosts.items[*index] : NULL;
}

/* -- the run ----------------------------------------------------------------------------------- */

/*
 * headscale's policies name users by a bare word, or by one with an @ at its end. A policy with
 * bare words among the members of its groups and no login anywhere in them is taken for one.
 */
static bool is_headscale(const hj_policy *policy)
{
	const hj_entries *lists[] = {&policy->groups, &policy->tag_owners};
	bool words = false;
	for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
		for (uint32_t i = 0; i < lists[k]->count; i++) {
			const hj_words *members = &lists[k]->items[i].words;
			for (uint32_t j = 0; j < members->count; j++) {
				const hj_selector *who =
					&policy->terms[members->items[j].term].selector;
				if (who->kind == HJ_SELECT_USER && who->name.size)
					return false;
				words = words || who->kind == HJ_SELECT_WORD ||
					who->kind == HJ_SELECT_USER;
			}
		}
	return words;
}

static hj_slice domain_of(hj_slice tailnet)
{
	const char *at = tailnet.size ? memrchr(tailnet.data, '@', tailnet.size) : NULL;
	if (!at)
		return tailnet;
	return hj_slice_of(at + 1, tailnet.size - (size_t)(at + 1 - tailnet.data));
}

static void note_hosts(hj_acceptance *run)
{
	const hj_entries *hosts = &run->policy->hosts;
	for (uint32_t i = 0; i < hosts->count && run->ok; i++)
		if (hj_map_put(&run->hosts, hosts->items[i].name.text, i, NULL, NULL))
			run->ok = false;
}

hj_status hj_accept(const hj_policy *policy, const hj_tailnet *tailnet, hj_findings *findings)
{
	static void (*const sections[])(hj_acceptance *) = {hj__accept_names, hj__accept_ipsets,
		hj__accept_postures, hj__accept_acls, hj__accept_grants, hj__accept_ssh,
		hj__accept_attrs, hj__accept_tests};
	const hj_allocator *allocator = findings->arena.allocator;
	hj_acceptance run = {.policy = policy,
		.nodes = hj_document_nodes(policy->document),
		.findings = findings,
		.ok = true};
	if (tailnet)
		run.domain = domain_of(tailnet->name), run.known = tailnet->known;
	run.headscale = (tailnet && tailnet->headscale) || is_headscale(policy);
	hj_map_init(&run.hosts, allocator);
	hj_map_init(&run.users, allocator);
	hj_text *const texts[] = {&run.message, &run.words};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		hj_text_init(texts[i], allocator);
	note_hosts(&run);
	for (size_t i = 0; i < sizeof sections / sizeof *sections && run.ok; i++)
		sections[i](&run);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		run.ok = run.ok && !texts[i]->status;
		hj_text_free(texts[i]);
	}
	hj_map_free(&run.hosts);
	hj_map_free(&run.users);
	return run.ok ? findings->status : HJ_NO_MEMORY;
}
