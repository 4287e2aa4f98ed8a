/*
 * Permits: one for each destination of each rule, grants before acls (control plane 5.2, 5.3).
 */
#include "engine/reach_parts.h"

typedef struct builder {
	hj_reach *reach;
	const hj_policy *policy;
	hj_service *services; /* those of the rule or destination at hand */
	size_t count, capacity;
} builder;

static void add_service(builder *build, int protocol, hj_ports ports)
{
	hj_reach *reach = build->reach;
	if (build->count == build->capacity &&
		hj_grow(reach->allocator, &build->services, &build->capacity, build->count + 1,
			sizeof *build->services))
		reach->status = HJ_NO_MEMORY;
	else
		build->services[build->count++] = (hj_service){(int16_t)protocol, ports};
}

/* The services at hand, kept. */
static const hj_service *keep_services(builder *build)
{
	hj_service *kept = hj__reach_room(build->reach, build->count, sizeof *kept);
	if (kept && build->count)
		memcpy(kept, build->services, build->count * sizeof *kept);
	return kept;
}

static const hj_words *posture_of(const builder *build, const hj_words *posture)
{
	return posture->node ? posture : &build->policy->default_posture;
}

static hj__rule *add_rule(builder *build, const hj_words *src, const hj_words *posture)
{
	hj_reach *reach = build->reach;
	hj__rule *rule = &reach->rules[reach->rule_count++];
	*rule = (hj__rule){src, posture, reach->permit_count, reach->permit_count};
	return rule;
}

static void add_permit(builder *build, hj__rule *rule, hj_permit permit)
{
	hj_reach *reach = build->reach;
	permit.src = rule->src;
	permit.posture = rule->posture;
	reach->permit_rules[reach->permit_count] = (uint32_t)(rule - reach->rules);
	reach->permits[reach->permit_count++] = permit;
	rule->last = reach->permit_count;
}

static void add_grant(builder *build, uint32_t at)
{
	const hj_grant *grant = &build->policy->grants.items[at];
	hj__rule *rule = add_rule(build, &grant->src, posture_of(build, &grant->posture));
	hj_ip_item item;
	build->count = 0;
	for (uint32_t i = 0; i < grant->ip.count; i++)
		if (hj_ip_item_parse(hj_trim(grant->ip.items[i].text), &item, NULL))
			add_service(build, item.protocol, item.ports);
	const hj_service *services = keep_services(build);
	for (uint32_t i = 0; i < grant->dst.count; i++)
		add_permit(build, rule,
			(hj_permit){
				.kind = HJ_PERMIT_GRANT,
				.rule = at,
				.node = grant->node,
				.dst = grant->dst.items[i],
				.services = services,
				.service_count = (uint32_t)build->count,
				.via = &grant->via,
				.app = &grant->app,
			});
}

/* The protocol of an acl: -1 when none is given. False: there is no such protocol. */
static bool read_protocol(hj_slice text, int *protocol)
{
	uint8_t number;
	text = hj_trim(text);
	*protocol = -1;
	if (text.size == 0)
		return true;
	if (!hj_protocol_parse(text, &number))
		return false;
	*protocol = number;
	return true;
}

static const hj_words no_words;

static void add_acl(builder *build, uint32_t at)
{
	const hj_acl *acl = &build->policy->acls.items[at];
	hj__rule *rule = add_rule(build, &acl->src, posture_of(build, &acl->posture));
	int protocol;
	hj_slice action = hj_trim(acl->action.text);
	if (!read_protocol(acl->proto.text, &protocol) ||
		(action.size && !hj_slice_equal(action, HJ_SLICE("accept"))))
		return;
	for (uint32_t i = 0; i < acl->dst.count; i++) {
		hj_hostport parts;
		hj_ports ports;
		build->count = 0;
		if (hj_has_ports(hj_trim(acl->dst.items[i].text), &parts))
			while (hj_ports_next(&parts.ports, &ports, NULL))
				add_service(build, protocol, ports);
		add_permit(build, rule,
			(hj_permit){
				.kind = HJ_PERMIT_ACL,
				.rule = at,
				.node = acl->node,
				.dst = acl->dst.items[i],
				.services = keep_services(build),
				.service_count = (uint32_t)build->count,
				.via = &no_words,
			});
	}
}

/* Neither key is there: everything is allowed. */
static void add_all(builder *build)
{
	hj__rule *rule = add_rule(build, NULL, &no_words);
	build->count = 0;
	add_service(build, -1, (hj_ports){0, 65535});
	add_permit(build, rule,
		(hj_permit){
			.kind = HJ_PERMIT_ALL,
			.dst = {.text = HJ_SLICE("*")},
			.services = keep_services(build),
			.service_count = (uint32_t)build->count,
			.via = &no_words,
		});
}

/* How many permits there will be at most. False: too many to number. */
static bool count_permits(const hj_policy *policy, size_t *out)
{
	*out = 1;
	for (uint32_t i = 0; i < policy->grants.count; i++)
		if (!hj_add(*out, policy->grants.items[i].dst.count, out))
			return false;
	for (uint32_t i = 0; i < policy->acls.count; i++)
		if (!hj_add(*out, policy->acls.items[i].dst.count, out))
			return false;
	return *out < HJ_NONE;
}

static void index_permits(hj_reach *reach)
{
	size_t count = 0, at = 0;
	for (uint32_t i = 0; i < reach->rule_count; i++)
		if (!hj_add(count, reach->rules[i].src ? reach->rules[i].src->count : 1, &count))
			reach->status = HJ_NO_MEMORY;
	if (count < reach->permit_count)
		count = reach->permit_count;
	size_t bytes;
	hj__use *uses = !reach->status && hj_multiply(count, sizeof *uses, &bytes)
		? hj_alloc(reach->allocator, bytes)
		: NULL;
	if (!uses) {
		reach->status = HJ_NO_MEMORY;
		return;
	}
	for (uint32_t i = 0; i < reach->rule_count; i++) {
		const hj_words *src = reach->rules[i].src;
		if (!src)
			uses[at++] = (hj__use){reach->all, i};
		for (uint32_t j = 0; src && j < src->count; j++)
			uses[at++] = (hj__use){src->items[j].term, i};
	}
	hj__index_build(reach, &reach->sources, false, uses, at);
	for (uint32_t i = 0; i < reach->permit_count; i++)
		uses[i] = (hj__use){hj__permit_term(reach, &reach->permits[i]), i};
	hj__index_build(reach, &reach->destinations, true, uses, reach->permit_count);
	hj_free(reach->allocator, uses, count * sizeof *uses);
}

void hj__permits_build(hj_reach *reach)
{
	const hj_policy *policy = reach->world->policy;
	builder build = {.reach = reach, .policy = policy};
	size_t permits, rules = (size_t)policy->grants.count + policy->acls.count + 1;
	if (!count_permits(policy, &permits)) {
		reach->status = HJ_NO_MEMORY;
		return;
	}
	reach->permits = hj__reach_room(reach, permits, sizeof *reach->permits);
	reach->permit_rules = hj__reach_room(reach, permits, sizeof *reach->permit_rules);
	reach->rules = hj__reach_room(reach, rules, sizeof *reach->rules);
	if (reach->status)
		return;
	for (uint32_t i = 0; i < policy->grants.count; i++)
		add_grant(&build, i);
	for (uint32_t i = 0; i < policy->acls.count; i++)
		add_acl(&build, i);
	if (!policy->grants.node && !policy->acls.node)
		add_all(&build);
	hj_free(reach->allocator, build.services, build.capacity * sizeof *build.services);
	if (!reach->status)
		index_permits(reach);
}

uint32_t hj__permit_term(const hj_reach *reach, const hj_permit *permit)
{
	return permit->kind == HJ_PERMIT_ALL ? reach->all : permit->dst.term;
}

/* -- services -------------------------------------------------------------------------------------- */

/* Without a protocol a rule means TCP, UDP, ICMP and ICMPv6 (control plane 5.1). */
static bool has_protocol(const hj_service *service, int protocol)
{
	switch (service->protocol) {
	case -1:
		return protocol < 0 || protocol == 6 || protocol == 17 || protocol == 1 ||
			protocol == 58;
	case 6:
	case 17: return protocol < 0 || protocol == service->protocol;
	default: return protocol == service->protocol;
	}
}

static bool has_port(const hj_service *service, int port)
{
	return port < 0 || (service->ports.first <= port && port <= service->ports.last);
}

/*
 * Ports matter to the protocols that have some. Ping goes wherever some other traffic of the rule may
 * (policy language 13.1); a question about another protocol has no port.
 */
bool hj__permit_serves(const hj_permit *permit, int protocol, int port)
{
	bool ports = protocol < 0 || hj_protocol_has_ports((uint8_t)protocol);
	for (uint32_t i = 0; i < permit->service_count; i++)
		if (has_protocol(&permit->services[i], protocol) &&
			(!ports || has_port(&permit->services[i], port)))
			return true;
	return false;
}

bool hj__permit_has_port(const hj_permit *permit, int port)
{
	for (uint32_t i = 0; i < permit->service_count; i++)
		if (has_port(&permit->services[i], port))
			return true;
	return false;
}
