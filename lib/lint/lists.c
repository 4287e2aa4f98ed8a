#include "lint/lists.h"

#include "policy/selector.h"

typedef struct visitor {
	hj__visit *visit;
	void *context;
	unsigned places;
	hj_status status;
} visitor;

static void see(visitor *self, hj__place place, const hj_words *words)
{
	if (words->node && self->places >> place & 1 && !self->status)
		self->status = self->visit(self->context, place, words);
}

static void see_word(visitor *self, hj__place place, const hj_word *word)
{
	hj_word copy = *word;
	see(self, place, &(hj_words){.node = word->node, .count = 1, .items = &copy});
}

static void see_entries(visitor *self, hj__place place, const hj_entries *entries)
{
	for (uint32_t i = 0; i < entries->count; i++)
		see(self, place, &entries->items[i].words);
}

static void see_rules(visitor *self, const hj_policy *policy)
{
	for (uint32_t i = 0; i < policy->acls.count; i++) {
		const hj_acl *acl = &policy->acls.items[i];
		see(self, HJ__ACL_SRC, &acl->src);
		see(self, HJ__ACL_DST, &acl->dst);
		see(self, HJ__POSTURE_NAMES, &acl->posture);
	}
	for (uint32_t i = 0; i < policy->grants.count; i++) {
		const hj_grant *grant = &policy->grants.items[i];
		see(self, HJ__GRANT_SRC, &grant->src);
		see(self, HJ__GRANT_DST, &grant->dst);
		see(self, HJ__GRANT_IP, &grant->ip);
		see(self, HJ__GRANT_VIA, &grant->via);
		see(self, HJ__POSTURE_NAMES, &grant->posture);
	}
	for (uint32_t i = 0; i < policy->ssh.count; i++) {
		const hj_ssh_rule *rule = &policy->ssh.items[i];
		see(self, HJ__SSH_SRC, &rule->src);
		see(self, HJ__SSH_DST, &rule->dst);
		see(self, HJ__SSH_USERS, &rule->users);
		see(self, HJ__ACCEPT_ENV, &rule->accept_env);
		see(self, HJ__POSTURE_NAMES, &rule->posture);
		see(self, HJ__RECORDER, &rule->recorder);
	}
	for (uint32_t i = 0; i < policy->node_attrs.count; i++) {
		const hj_node_attr *attr = &policy->node_attrs.items[i];
		see(self, HJ__NODE_TARGET, &attr->target);
		see(self, HJ__NODE_ATTR, &attr->attr);
		see(self, HJ__IP_POOL, &attr->ip_pool);
	}
}

static void see_tests(visitor *self, const hj_policy *policy)
{
	for (uint32_t i = 0; i < policy->tests.count; i++) {
		const hj_test *test = &policy->tests.items[i];
		see_word(self, HJ__TEST_SRC, &test->src);
		see(self, HJ__TEST_DST, &test->accept);
		see(self, HJ__TEST_DST, &test->deny);
	}
	for (uint32_t i = 0; i < policy->ssh_tests.count; i++) {
		const hj_ssh_test *test = &policy->ssh_tests.items[i];
		see_word(self, HJ__TEST_SRC, &test->src);
		see(self, HJ__SSH_TEST_DST, &test->dst);
		see(self, HJ__SSH_USERS, &test->accept);
		see(self, HJ__SSH_USERS, &test->check);
		see(self, HJ__SSH_USERS, &test->deny);
	}
}

hj_status hj__each_list(const hj_policy *policy, unsigned places, hj__visit *visit, void *context)
{
	visitor self = {visit, context, places, HJ_OK};
	see_rules(&self, policy);
	see_tests(&self, policy);
	see_entries(&self, HJ__GROUP_MEMBER, &policy->groups);
	see_entries(&self, HJ__TAG_OWNER, &policy->tag_owners);
	see_entries(&self, HJ__IPSET_OPERATION, &policy->ipsets);
	see_entries(&self, HJ__POSTURE_CONDITION, &policy->postures);
	see(&self, HJ__POSTURE_NAMES, &policy->default_posture);
	see_entries(&self, HJ__APPROVER, &policy->auto_approvers.routes);
	see_entries(&self, HJ__APPROVER, &policy->auto_approvers.services);
	see(&self, HJ__APPROVER, &policy->auto_approvers.exit_node);
	return self.status;
}

const hj_word *hj__find_word(const hj_words *words, hj_slice text)
{
	for (uint32_t i = 0; i < words->count; i++)
		if (hj_slice_equal(hj_trim(words->items[i].text), text))
			return &words->items[i];
	return NULL;
}

const hj_word *hj__find_everyone(const hj_words *words)
{
	for (uint32_t i = 0; i < words->count; i++) {
		hj_slice text = hj_trim(words->items[i].text);
		if (hj_slice_equal(text, HJ_SLICE("*")) ||
			hj_slice_equal(text, HJ_SLICE("autogroup:member")) ||
			hj_slice_equal(text, HJ_SLICE("autogroup:members")) ||
			hj_slice_equal(text, HJ_SLICE("autogroup:danger-all")))
			return &words->items[i];
	}
	return NULL;
}
