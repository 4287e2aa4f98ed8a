#include "policy/schema.h"

#include "base/fold.h"
#include "policy/policy.h"

#include <stddef.h>

const hj_name_info *hj_name_info_of(hj_name_kind kind)
{
	static const hj_name_info infos[HJ_NAME_KINDS] = {
		[HJ_TAG] = {"tag", "tag:", "tagOwners"},
		[HJ_GROUP] = {"group", "group:", "groups"},
		[HJ_HOST] = {"host", "", "hosts"},
		[HJ_IPSET] = {"IP set", "ipset:", "ipsets"},
		[HJ_POSTURE] = {"posture", "posture:", "postures"},
	};
	return &infos[kind];
}

/* -- the table --------------------------------------------------------------------------------- */

#define TAG     (1U << HJ_TAG)
#define GROUP   (1U << HJ_GROUP)
#define HOST    (1U << HJ_HOST)
#define IPSET   (1U << HJ_IPSET)
#define POSTURE (1U << HJ_POSTURE)

#define RECORD_OF(list)                                                                            \
	.kind = HJ_RECORD, .fields = (list), .field_count = sizeof(list) / sizeof *(list)
#define LIST_OF(type)       .kind = HJ_LIST, .item = &(type)
#define DICTIONARY_OF(type) .kind = HJ_DICTIONARY, .item = &(type)

/* Where a field's value goes. */
#define AT(structure, member) .at = offsetof(structure, member)
#define NOWHERE               .at = 0

/*
 * The type of a selector at one position, and with LISTED also of a list of them: acl_src_text and
 * acl_src. After the path: the names that are meant there, then flags of hj_position.
 */
#define POSITION(id, where, ...)                                                                   \
	static const hj_position id##_position = {.path = (where), __VA_ARGS__};                   \
	static const hj_type id##_text = {.kind = HJ_TEXT, .position = &id##_position}
#define LISTED(id, where, ...)                                                                     \
	POSITION(id, where, __VA_ARGS__);                                                          \
	static const hj_type id = {LIST_OF(id##_text)}

static const hj_type anything = {.kind = HJ_ANYTHING};
static const hj_type text = {.kind = HJ_TEXT};
static const hj_type protocol = {.kind = HJ_TEXT, .numeric = true};
static const hj_type flag = {.kind = HJ_SWITCH};
static const hj_type quantity = {.kind = HJ_QUANTITY};
static const hj_type texts = {LIST_OF(text)};

LISTED(acl_src, "acls[].src", .names = TAG | GROUP | HOST | IPSET);
LISTED(acl_dst, "acls[].dst", .names = TAG | GROUP | HOST | IPSET, .ports = true);
LISTED(grant_src, "grants[].src", .names = TAG | GROUP | HOST | IPSET);
LISTED(grant_dst, "grants[].dst", .names = TAG | GROUP | HOST | IPSET);
LISTED(grant_via, "grants[].via", .names = TAG);
LISTED(src_posture, "srcPosture", .names = POSTURE);
LISTED(ssh_src, "ssh[].src", .names = TAG | GROUP | HOST);
LISTED(ssh_dst, "ssh[].dst", .names = TAG | HOST);
LISTED(recorder, "recorder", .names = TAG);
LISTED(node_target, "nodeAttrs[].target", .names = TAG | GROUP | HOST);
LISTED(connector_tag, "nodeAttrs[].app[].connectors", .names = TAG);
LISTED(tag_owner, "tagOwners", .names = TAG | GROUP);
LISTED(group_member, "groups", .names = GROUP);
LISTED(route_approver, "autoApprovers.routes", .names = TAG | GROUP);
LISTED(exit_approver, "autoApprovers.exitNode", .names = TAG | GROUP);
LISTED(service_approver, "autoApprovers.services", .names = TAG | GROUP);
LISTED(ipset_item, "ipsets", .names = HOST | IPSET, .operation = true);
LISTED(peer, "attrConfig.broadcastToPeers", .names = TAG, .undocumented = true);
POSITION(test_src, "tests[].src", .names = TAG | GROUP | HOST, .test = true);
LISTED(test_dst, "tests[].accept", .names = TAG | GROUP | HOST, .ports = true, .test = true);
POSITION(ssh_test_src, "sshTests[].src", .names = TAG | GROUP | HOST, .test = true);
LISTED(ssh_test_dst, "sshTests[].dst", .names = TAG | GROUP | HOST, .test = true);

static const hj_field acl_fields[] = {
	{"action", NULL, &text, AT(hj_acl, action), .required = true},
	{"src", "users", &acl_src, AT(hj_acl, src), .alias_at = offsetof(hj_acl, users),
		.required = true},
	{"dst", "ports", &acl_dst, AT(hj_acl, dst), .alias_at = offsetof(hj_acl, ports),
		.required = true},
	{"proto", NULL, &protocol, AT(hj_acl, proto)},
	{"srcPosture", NULL, &src_posture, AT(hj_acl, posture)},
};
static const hj_type acl = {RECORD_OF(acl_fields), .size = sizeof(hj_acl), .noun = "an acl rule"};
static const hj_type acls = {LIST_OF(acl)};

/* Parameters of a capability are passed through unchecked; those that hold tags are listed. */
static const hj_field kubernetes_fields[] = {
	{"impersonate", NULL, &anything, NOWHERE},
	{"recorder", NULL, &recorder, NOWHERE},
	{"enforceRecorder", NULL, &flag, NOWHERE},
};
static const hj_type kubernetes = {RECORD_OF(kubernetes_fields), .open = true};
static const hj_type kubernetes_list = {LIST_OF(kubernetes)};
static const hj_field capability_fields[] = {
	{"tailscale.com/cap/kubernetes", NULL, &kubernetes_list, NOWHERE},
};
static const hj_type parameters = {LIST_OF(anything)};
static const hj_type capabilities = {RECORD_OF(capability_fields), .item = &parameters,
	.open = true, .entries = true, .loose = true};

static const hj_field grant_fields[] = {
	{"src", NULL, &grant_src, AT(hj_grant, src), .required = true},
	{"dst", NULL, &grant_dst, AT(hj_grant, dst), .required = true},
	{"ip", NULL, &texts, AT(hj_grant, ip), .nullable = true},
	{"app", NULL, &capabilities, AT(hj_grant, app), .nullable = true},
	{"srcPosture", NULL, &src_posture, AT(hj_grant, posture)},
	{"via", NULL, &grant_via, AT(hj_grant, via), .nullable = true},
};
static const hj_type grant = {RECORD_OF(grant_fields), .size = sizeof(hj_grant), .noun = "a grant"};
static const hj_type grants = {LIST_OF(grant)};

static const hj_field ssh_fields[] = {
	{"action", NULL, &text, AT(hj_ssh_rule, action), .required = true},
	{"src", NULL, &ssh_src, AT(hj_ssh_rule, src)},
	{"dst", NULL, &ssh_dst, AT(hj_ssh_rule, dst)},
	{"users", NULL, &texts, AT(hj_ssh_rule, users), .required = true, .nullable = true},
	{"checkPeriod", NULL, &text, AT(hj_ssh_rule, check_period), .nullable = true},
	{"acceptEnv", NULL, &texts, AT(hj_ssh_rule, accept_env), .nullable = true},
	{"srcPosture", NULL, &src_posture, AT(hj_ssh_rule, posture)},
	{"recorder", NULL, &recorder, AT(hj_ssh_rule, recorder)},
	{"enforceRecorder", NULL, &flag, AT(hj_ssh_rule, enforce_recorder)},
};
static const hj_type ssh_rule = {
	RECORD_OF(ssh_fields), .size = sizeof(hj_ssh_rule), .noun = "an SSH rule"};
static const hj_type ssh = {LIST_OF(ssh_rule)};

static const hj_field connector_fields[] = {
	{"name", NULL, &text, NOWHERE},
	{"connectors", NULL, &connector_tag, NOWHERE},
	{"domains", NULL, &texts, NOWHERE},
	{"routes", NULL, &texts, NOWHERE},
	{"presetAppID", NULL, &text, NOWHERE},
};
static const hj_type connector = {RECORD_OF(connector_fields), .noun = "an app connector"};
static const hj_type connectors = {LIST_OF(connector)};
static const hj_field app_fields[] = {
	{"tailscale.com/app-connectors", NULL, &connectors, NOWHERE},
};
static const hj_type apps = {RECORD_OF(app_fields), .open = true, .entries = true, .loose = true};

static const hj_field node_attr_fields[] = {
	{"target", NULL, &node_target, AT(hj_node_attr, target), .required = true},
	{"attr", NULL, &texts, AT(hj_node_attr, attr)},
	{"app", NULL, &apps, AT(hj_node_attr, app)},
	{"ipPool", NULL, &texts, AT(hj_node_attr, ip_pool)},
};
static const hj_type node_attr = {RECORD_OF(node_attr_fields), .size = sizeof(hj_node_attr),
	.noun = "an entry of \"nodeAttrs\""};
static const hj_type node_attrs = {LIST_OF(node_attr)};

static const hj_type groups = {DICTIONARY_OF(group_member), .defines = HJ_GROUP};
static const hj_type hosts = {DICTIONARY_OF(text), .defines = HJ_HOST};
static const hj_type ipsets = {DICTIONARY_OF(ipset_item), .defines = HJ_IPSET};
static const hj_type tag_owners = {DICTIONARY_OF(tag_owner), .defines = HJ_TAG};
static const hj_type postures = {DICTIONARY_OF(texts), .defines = HJ_POSTURE};

static const hj_type route_approvers = {DICTIONARY_OF(route_approver)};
static const hj_type service_approvers = {
	DICTIONARY_OF(service_approver), .keys = &service_approver_position};
static const hj_field approver_fields[] = {
	{"routes", NULL, &route_approvers, AT(hj_auto_approvers, routes)},
	{"exitNode", NULL, &exit_approver, AT(hj_auto_approvers, exit_node)},
	{"services", NULL, &service_approvers, AT(hj_auto_approvers, services)},
};
static const hj_type auto_approvers = {
	RECORD_OF(approver_fields), .size = sizeof(hj_auto_approvers), .noun = "\"autoApprovers\""};

/* Known from the API client alone: other fields may exist. */
static const hj_field attribute_fields[] = {
	{"type", NULL, &text, NOWHERE},
	{"allowSetByNode", NULL, &flag, NOWHERE},
	{"broadcastToPeers", NULL, &peer, NOWHERE},
};
static const hj_type attribute = {RECORD_OF(attribute_fields), .open = true, .loose = true};
static const hj_type attr_config = {DICTIONARY_OF(attribute)};

/* Strings, numbers and booleans. */
static const hj_type posture_attributes = {DICTIONARY_OF(anything)};
static const hj_field test_fields[] = {
	{"src", "user", &test_src_text, AT(hj_test, src), .alias_at = offsetof(hj_test, user),
		.required = true},
	{"accept", "allow", &test_dst, AT(hj_test, accept), .alias_at = offsetof(hj_test, allow)},
	{"deny", NULL, &test_dst, AT(hj_test, deny)},
	{"proto", NULL, &protocol, AT(hj_test, proto)},
	{"srcPostureAttrs", NULL, &posture_attributes, AT(hj_test, posture)},
};
static const hj_type test = {RECORD_OF(test_fields), .size = sizeof(hj_test), .noun = "a test"};
static const hj_type tests = {LIST_OF(test)};

static const hj_field ssh_test_fields[] = {
	{"src", NULL, &ssh_test_src_text, AT(hj_ssh_test, src), .required = true},
	{"dst", NULL, &ssh_test_dst, AT(hj_ssh_test, dst), .required = true},
	{"accept", NULL, &texts, AT(hj_ssh_test, accept)},
	{"check", NULL, &texts, AT(hj_ssh_test, check)},
	{"deny", NULL, &texts, AT(hj_ssh_test, deny)},
	{"srcPostureAttrs", NULL, &posture_attributes, AT(hj_ssh_test, posture)},
};
static const hj_type ssh_test = {
	RECORD_OF(ssh_test_fields), .size = sizeof(hj_ssh_test), .noun = "an SSH test"};
static const hj_type ssh_tests = {LIST_OF(ssh_test)};

static const hj_field derp_node_fields[] = {
	{"name", NULL, &text, NOWHERE},
	{"regionID", NULL, &quantity, NOWHERE},
	{"hostName", NULL, &text, NOWHERE},
	{"certName", NULL, &text, NOWHERE},
	{"ipv4", NULL, &text, NOWHERE},
	{"ipv6", NULL, &text, NOWHERE},
	{"stunPort", NULL, &quantity, NOWHERE},
	{"stunOnly", NULL, &flag, NOWHERE},
	{"derpPort", NULL, &quantity, NOWHERE},
	{"canPort80", NULL, &flag, NOWHERE},
	{"insecureForTests", NULL, &flag, NOWHERE},
};
static const hj_type derp_node = {RECORD_OF(derp_node_fields), .open = true};
static const hj_type derp_nodes = {LIST_OF(derp_node)};
static const hj_field region_fields[] = {
	{"regionID", NULL, &quantity, NOWHERE},
	{"regionCode", NULL, &text, NOWHERE},
	{"regionName", NULL, &text, NOWHERE},
	{"latitude", NULL, &quantity, NOWHERE},
	{"longitude", NULL, &quantity, NOWHERE},
	{"avoid", NULL, &flag, NOWHERE},
	{"noMeasureNoHome", NULL, &flag, NOWHERE},
	{"nodes", NULL, &derp_nodes, NOWHERE},
};
static const hj_type region = {RECORD_OF(region_fields), .open = true, .nullable = true};
static const hj_type regions = {DICTIONARY_OF(region)};
static const hj_type scores = {DICTIONARY_OF(quantity)};
static const hj_field home_fields[] = {{"regionScore", NULL, &scores, NOWHERE}};
static const hj_type home_params = {RECORD_OF(home_fields), .open = true};
static const hj_field derp_fields[] = {
	{"omitDefaultRegions", NULL, &flag, NOWHERE},
	{"regions", NULL, &regions, NOWHERE},
	{"homeParams", NULL, &home_params, NOWHERE},
};
static const hj_type derp_map = {RECORD_OF(derp_fields), .open = true};

/* extraDNSRecords is documented nowhere, but used: its presence is no fault. */
static const hj_field sections[] = {
	{"acls", NULL, &acls, AT(hj_policy, acls)},
	{"grants", NULL, &grants, AT(hj_policy, grants)},
	{"groups", NULL, &groups, AT(hj_policy, groups)},
	{"hosts", NULL, &hosts, AT(hj_policy, hosts)},
	{"ipsets", NULL, &ipsets, AT(hj_policy, ipsets)},
	{"tagOwners", NULL, &tag_owners, AT(hj_policy, tag_owners)},
	{"autoApprovers", NULL, &auto_approvers, AT(hj_policy, auto_approvers)},
	{"ssh", NULL, &ssh, AT(hj_policy, ssh)},
	{"nodeAttrs", NULL, &node_attrs, AT(hj_policy, node_attrs)},
	{"postures", NULL, &postures, AT(hj_policy, postures)},
	{"defaultSrcPosture", NULL, &src_posture, AT(hj_policy, default_posture)},
	{"attrConfig", NULL, &attr_config, AT(hj_policy, attr_config)},
	{"tests", NULL, &tests, AT(hj_policy, tests)},
	{"sshTests", NULL, &ssh_tests, AT(hj_policy, ssh_tests)},
	{"derpMap", NULL, &derp_map, AT(hj_policy, derp_map)},
	{"disableIPv4", NULL, &flag, AT(hj_policy, disable_ipv4)},
	{"oneCGNATRoute", NULL, &text, AT(hj_policy, one_cgnat_route)},
	{"randomizeClientPort", NULL, &flag, AT(hj_policy, randomize_client_port)},
	{"extraDNSRecords", NULL, &anything, AT(hj_policy, extra_dns_records)},
};
const hj_type hj_policy_type = {RECORD_OF(sections), .size = sizeof(hj_policy), .noun = "a policy"};

/* -- reading it -------------------------------------------------------------------------------- */

bool hj_field_is(const char *field, hj_slice name)
{
	size_t i = 0;
	while (i < name.size && field[i] &&
		(field[i] == name.data[i] || hj_fold(field[i]) == hj_fold(name.data[i])))
		i++;
	return i == name.size && !field[i];
}

const hj_field *hj_field_find(const hj_type *record, hj_slice name)
{
	/* All begin with a small letter (schema_test.c), which rules nearly all out. */
	char first = name.size ? hj_fold(name.data[0]) : '\0';
	for (size_t i = 0; i < record->field_count; i++) {
		const hj_field *field = &record->fields[i];
		if ((field->name[0] == first && hj_field_is(field->name, name)) ||
			(field->alias && field->alias[0] == first &&
				hj_field_is(field->alias, name)))
			return field;
	}
	return NULL;
}

bool hj_type_fits(const hj_type *type, hj_kind kind)
{
	static const unsigned fits[] = {
		[HJ_ANYTHING] = (1U << HJ_ERROR) - 1, /* all others are smaller */
		[HJ_TEXT] = 1U << HJ_STRING,
		[HJ_SWITCH] = 1U << HJ_TRUE | 1U << HJ_FALSE,
		[HJ_QUANTITY] = 1U << HJ_NUMBER,
		[HJ_LIST] = 1U << HJ_ARRAY,
		[HJ_DICTIONARY] = 1U << HJ_OBJECT,
		[HJ_RECORD] = 1U << HJ_OBJECT,
	};
	return fits[type->kind] >> kind & 1 || (kind == HJ_NUMBER && type->numeric) ||
		(kind == HJ_STRING && type->kind == HJ_LIST && type->item->kind == HJ_TEXT);
}

/* -- walking a document by it ------------------------------------------------------------------ */

void hj_walk_begin(hj_walk *walk, const hj_document *document, hj_arena *arena)
{
	*walk = (hj_walk){.document = document,
		.nodes = hj_document_nodes(document),
		.data = hj_document_source(document)->data,
		.arena = arena,
		.ok = true,
		.regular = true};
}

static void enter(hj_walk *walk, const hj_stop *stop)
{
	const hj_node *node = &walk->nodes[stop->node];
	if (walk->depth == HJ_WALK_DEPTH)
		return;
	walk->levels[walk->depth++] = (struct hj_walk_level){.type = stop->type,
		.at = hj_node_first(stop->node),
		.end = node->next,
		.owner = stop->name ? stop->name : stop->owner,
		.named = hj_node_kind(node) == HJ_OBJECT,
		.loose = stop->loose || stop->type->loose};
}

static hj_slice name_at(hj_walk *walk, uint32_t name)
{
	const hj_node *node = &walk->nodes[name];
	if (node->bits & HJ_ESCAPED)
		return hj_string_value(walk->document, name, walk->arena, &walk->ok);
	return hj_slice_of(walk->data + node->start + 1, node->end - node->start - 2);
}

static bool is_spelt(hj_slice name, const char *field)
{
	size_t i = 0;
	while (i < name.size && field[i] == name.data[i] && field[i])
		i++;
	return i == name.size && !field[i];
}

/* The field of a record's member, or NULL. */
static const hj_field *field_at(hj_walk *walk, struct hj_walk_level *record, uint32_t name)
{
	const hj_type *type = record->type;
	bool exact = false;
	const hj_field *field = NULL;
	if (hj_node_kind(&walk->nodes[name]) == HJ_STRING) {
		hj_slice spelling = name_at(walk, name);
		exact = record->next < type->field_count &&
			is_spelt(spelling, type->fields[record->next].name);
		field = exact ? &type->fields[record->next] : hj_field_find(type, spelling);
		exact = exact ||
			(field &&
				(is_spelt(spelling, field->name) ||
					(field->alias && is_spelt(spelling, field->alias))));
	}
	if (field) {
		record->next = (uint32_t)(field - type->fields);
		exact = exact && !(record->seen >> record->next & 1);
		record->seen |= UINT32_C(1) << record->next++;
	}
	walk->regular = walk->regular && (exact || type->open);
	return field;
}

/* What the table says of a level's next child. */
static void next_child(hj_walk *walk, struct hj_walk_level *level, hj_stop *stop)
{
	const hj_node *nodes = walk->nodes;
	const hj_type *within = level->type, *wanted = within->item;
	uint32_t name = level->named ? level->at : 0;
	uint32_t node = level->named ? nodes[name].next : level->at;
	hj_kind kind = hj_node_kind(&nodes[node]);
	const hj_field *field = NULL;
	level->at = nodes[node].next;
	if (within->kind == HJ_RECORD) {
		field = field_at(walk, level, name);
		wanted = field ? field->type : within->item;
	}
	*stop = (hj_stop){node, name, NULL, wanted, field, within, level->owner, level->loose};
	if (wanted && hj_type_fits(wanted, kind))
		stop->type = wanted;
	/* A bare string where a list belongs is taken for the list's one element, 6 for "6". */
	if (stop->type && kind == HJ_STRING && wanted->kind == HJ_LIST)
		stop->type = wanted->item;
	if (stop->type && kind == HJ_NUMBER && wanted->numeric)
		stop->type = &text;
	walk->regular = walk->regular && stop->type == wanted;
}

static void leave(hj_walk *walk)
{
	const struct hj_walk_level *level = &walk->levels[--walk->depth];
	if (level->type->kind != HJ_RECORD || level->type->open)
		return;
	for (size_t i = 0; i < level->type->field_count; i++)
		if (level->type->fields[i].required && !(level->seen >> i & 1))
			walk->regular = false;
}

bool hj_walk_next(hj_walk *walk, hj_stop *stop)
{
	if (!walk->started) {
		walk->started = true;
		if (hj_node_kind(hj_document_nodes(walk->document)) != HJ_OBJECT)
			return false;
		*stop = (hj_stop){.type = &hj_policy_type, .wanted = &hj_policy_type};
		enter(walk, stop);
		return true;
	}
	while (walk->depth && walk->ok) {
		struct hj_walk_level *level = &walk->levels[walk->depth - 1];
		if (level->at >= level->end) {
			leave(walk);
			continue;
		}
		next_child(walk, level, stop);
		if (!stop->type && !(walk->strangers && stop->wanted))
			continue;
		if (stop->type && stop->type->kind >= HJ_LIST)
			enter(walk, stop);
		return true;
	}
	return false;
}
