#include "base/suggest.h"
#include "policy/shape_parts.h"

/* Names that people try for something that is called otherwise, or exists elsewhere. */
static const struct {
	const char *noun;  /* of the record */
	const char *tried; /* the name */
	const char *meant; /* the field that it should be, or NULL */
	const char *hint;  /* what to do, where that is no renaming */
} elsewhere[] = {
	{"a policy", "tags", NULL, "tags are declared in \"tagOwners\""},
	{"a policy", "users", NULL, "sets of users are declared in \"groups\""},
	{"a policy", "exitNode", NULL,
		"approval of exit nodes belongs in \"autoApprovers\", as \"exitNode\""},
	{"a policy", "exitNodes", NULL,
		"approval of exit nodes belongs in \"autoApprovers\", as \"exitNode\""},
	{"a policy", "routes", NULL,
		"approval of routes belongs in \"autoApprovers\", as \"routes\""},
	{"a policy", "subnets", NULL,
		"approval of routes belongs in \"autoApprovers\", as \"routes\""},
	{"a policy", "services", NULL,
		"approval of services belongs in \"autoApprovers\", as \"services\""},
	{"a policy", "ipPool", NULL, "address pools belong in \"nodeAttrs\", as \"ipPool\""},
	{"a policy", "dns", NULL, "DNS settings are no part of the policy"},
	{"a policy", "rules", NULL, "rules belong in \"grants\" or \"acls\""},
	{"a policy", "policy", NULL, "sections stand at the top level, not inside another object"},
	{"a grant", "action", NULL, "a grant always accepts: leave the action out"},
	{"a grant", "proto", NULL, "write the protocol with the ports in \"ip\": \"tcp:443\""},
	{"a grant", "protocol", NULL, "write the protocol with the ports in \"ip\": \"tcp:443\""},
	{"a grant", "ports", NULL, "ports of a grant belong in \"ip\": \"443\", \"tcp:8000-8100\""},
	{"a grant", "port", NULL, "ports of a grant belong in \"ip\": \"443\", \"tcp:8000-8100\""},
	{"a grant", "users", "src", NULL},
	{"a grant", "capabilities", "app", NULL},
	{"a grant", "sourcePosture", "srcPosture", NULL},
	{"a grant", "posture", "srcPosture", NULL},
	{"a grant", "postures", "srcPosture", NULL},
	{"an acl rule", "hosts", NULL,
		"hosts are declared in the section \"hosts\"; where a rule leads is \"dst\""},
	{"an acl rule", "ip", NULL,
		"ports stand behind the host in \"dst\": \"tag:web:443\"; \"ip\" is a grant's"},
	{"an acl rule", "app", NULL, "only a grant has \"app\""},
	{"an acl rule", "via", NULL, "only a grant has \"via\""},
	{"an acl rule", "port", NULL, "ports stand behind the host in \"dst\": \"tag:web:443\""},
	{"an acl rule", "protocol", "proto", NULL},
	{"an acl rule", "sourcePosture", "srcPosture", NULL},
	{"an acl rule", "posture", "srcPosture", NULL},
	{"an acl rule", "postures", "srcPosture", NULL},
	{"an SSH rule", "proto", NULL, "SSH rules have neither protocol nor port"},
	{"an SSH rule", "ports", NULL, "SSH rules have neither protocol nor port"},
	{"an SSH rule", "port", NULL, "SSH rules have neither protocol nor port"},
	{"an SSH rule", "via", NULL, "only a grant has \"via\""},
	{"an SSH rule", "check", NULL, "that is an action: \"action\": \"check\""},
	{"an SSH rule", "sourcePosture", "srcPosture", NULL},
	{"an SSH rule", "posture", "srcPosture", NULL},
	{"an entry of \"nodeAttrs\"", "src", "target", NULL},
	{"an entry of \"nodeAttrs\"", "dst", "target", NULL},
	{"an entry of \"nodeAttrs\"", "attributes", "attr", NULL},
	{"\"autoApprovers\"", "subnets", "routes", NULL},
	{"a test", "dst", NULL, "destinations belong in \"accept\" or \"deny\""},
	{"a test", "ports", NULL, "ports stand behind the host in \"accept\" or \"deny\""},
	{"a test", "check", NULL, "only an SSH test has \"check\""},
	{"an SSH test", "users", NULL, "accounts belong in \"accept\", \"check\" or \"deny\""},
	{"an SSH test", "user", "src", NULL},
	{"an SSH test", "allow", "accept", NULL},
	{NULL, "source", "src", NULL},
	{NULL, "sources", "src", NULL},
	{NULL, "from", "src", NULL},
	{NULL, "destination", "dst", NULL},
	{NULL, "destinations", "dst", NULL},
	{NULL, "to", "dst", NULL},
};

size_t hj__field_index(const hj_type *record, const char *field)
{
	size_t i = 0;
	while (i < record->field_count && strcmp(record->fields[i].name, field) != 0)
		i++;
	return i;
}

/* The name should be that of a field: says so, with an edit while there is none of it. */
static void propose(
	hj_shape *run, hj_finding *finding, uint32_t name, const hj_members *record, size_t i)
{
	const char *meant = record->type->fields[i].name;
	if (record->name[i] || record->alias[i]) {
		hj_finding_help(run->findings, finding,
			"merge it into \"%s\", which is there already", meant);
		return;
	}
	hj_finding_help(run->findings, finding, "did you mean \"%s\"?", meant);
	hj__rename(run, finding, name, meant);
}

/* A name such as "tag:web" beside the sections. */
static bool help_definition(hj_shape *run, hj_finding *finding, hj_slice name)
{
	for (hj_name_kind kind = HJ_TAG; kind < HJ_NAME_KINDS; kind++) {
		const hj_name_info *info = hj_name_info_of(kind);
		if (*info->prefix && hj_slice_starts(name, hj_slice_str(info->prefix))) {
			hj_finding_help(
				run->findings, finding, "move it into \"%s\"", info->section);
			return true;
		}
	}
	return false;
}

static void help_name(hj_shape *run, hj_finding *finding, uint32_t node, const hj_members *record)
{
	const hj_type *type = record->type;
	hj_slice name = name_at(run, node);
	if (type == &hj_policy_type && help_definition(run, finding, name))
		return;
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
		if (!hj_field_is(elsewhere[i].tried, name) ||
			(elsewhere[i].noun && strcmp(elsewhere[i].noun, type->noun) != 0))
			continue;
		size_t meant = elsewhere[i].meant ? hj__field_index(type, elsewhere[i].meant) : 0;
		if (elsewhere[i].hint)
			hj_finding_help(run->findings, finding, "%s", elsewhere[i].hint);
		else if (meant < type->field_count)
			propose(run, finding, node, record, meant);
		else
			continue;
		return;
	}
	hj_suggest suggest;
	hj_suggest_begin(&suggest, name);
	size_t best = 0;
	for (size_t i = 0; i < type->field_count; i++)
		if (hj_suggest_offer(&suggest, hj_slice_str(type->fields[i].name)))
			best = i;
	if (suggest.best.size)
		propose(run, finding, node, record, best);
	else
		hj_finding_help(run->findings, finding, "remove it, or correct its name");
}

/* Names that are no names: "//", "#", "_comment", "$comment", "note". */
static bool is_comment(hj_slice name)
{
	static const char *const words[] = {"comment", "comments", "note", "notes", "description",
		"_comment", "__comment", "_comments", "_note", "_description", "$comment"};
	if (name.size && (name.data[0] == '#' || name.data[0] == '/'))
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (hj_field_is(words[i], name))
			return true;
	return false;
}

/*
 * "_comment": "text", → a block comment in the same place. Only where a comma follows at once and
 * the text is plain.
 */
static void propose_comment(hj_shape *run, hj_finding *finding, uint32_t name)
{
	uint32_t value = run->nodes[name].next;
	const hj_node *node = &run->nodes[value];
	const hj_source *source = hj_document_source(run->document);
	hj_finding_help(run->findings, finding, "write a comment: // …");
	if (hj_node_kind(node) != HJ_STRING || node->bits & HJ_ESCAPED ||
		node->end >= source->size || source->data[node->end] != ',' ||
		(node->bits | run->nodes[name].bits) & (HJ_LEAD_COMMENT | HJ_TRAIL_COMMENT))
		return;
	hj_slice text = hj_source_slice(source, (hj_span){node->start + 1, node->end - 1});
	if (memmem(text.data, text.size, "*/", 2))
		return;
	uint32_t start = run->nodes[name].start;
	hj_finding_edit(run->findings, finding, (hj_span){start, node->start + 1}, HJ_SLICE("/* "));
	hj_finding_edit(
		run->findings, finding, (hj_span){node->end - 1, node->end + 1}, HJ_SLICE(" */"));
	if (finding)
		finding->safe = true;
}

void hj__check_stranger(hj_shape *run, uint32_t name, const hj_members *record)
{
	hj_slice text = name_at(run, name);
	bool comment = is_comment(text);
	hj_finding *finding;
	if (comment)
		finding = hj_findings_add(run->findings, &hj__shape_table[T_COMMENT_AS_FIELD],
			span_of(run, name), "the field \"%.*s\" does not make a comment",
			HJ_SLICE_ARGS(text));
	else if (record->type == &hj_policy_type)
		finding = hj_findings_add(run->findings, &hj__section_rule, span_of(run, name),
			"a policy has no section \"%.*s\"", HJ_SLICE_ARGS(text));
	else
		finding = hj_findings_add(run->findings, &hj__shape_table[T_UNKNOWN_FIELD],
			span_of(run, name), "%s has no field \"%.*s\"", record->type->noun,
			HJ_SLICE_ARGS(text));
	if (!record->loose)
		hj__refuse_field(run, finding, name);
	else if (finding)
		finding->severity = HJ_WARNING_LEVEL;
	if (comment)
		propose_comment(run, finding, name);
	else
		help_name(run, finding, name, record);
}
