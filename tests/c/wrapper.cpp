// sla.hpp: handles move and free themselves, failures are exceptions.

#include <fstream>
#include <iostream>
#include <iterator>
#include <type_traits>

#include "sla.hpp"

#define CHECK(condition)                                                                    \
    do {                                                                                    \
        if (!(condition)) {                                                                 \
            std::cerr << __FILE__ << ':' << __LINE__ << ": not so: " << #condition << '\n'; \
            return 1;                                                                       \
        }                                                                                   \
    } while (false)

static_assert(!std::is_copy_constructible_v<sla::Engine> && std::is_nothrow_move_constructible_v<sla::Engine>);
static_assert(!std::is_copy_constructible_v<sla::Calendar> && std::is_nothrow_move_constructible_v<sla::Calendar>);
static_assert(!std::is_copy_constructible_v<sla::Aggregate>);

int main() {
    using namespace std::chrono_literals;
    std::ifstream file("examples/talkabiz.json");
    sla::Engine first{std::string{std::istreambuf_iterator<char>(file), {}}};
    const sla::Engine engine = std::move(first);
    const sla::Calendar office = engine.calendar("office");
    const sla::Instant monday = sla::from_us(1795399200000000);
    CHECK(office.add(monday, 4h) == monday + 5h);
    CHECK(office.subtract(monday + 5h, 4h) == monday);
    CHECK(office.elapsed(monday, monday + 5h) == 4h);
    CHECK(office.is_open(monday) && !office.is_open(monday + 3h));
    CHECK(office.next_open(monday + 3h) == monday + 4h && office.next_close(monday) == monday + 3h);
    CHECK(office.business_days(monday, 1, "16:00") == 14h && office.business_days(monday, 0, "close", "09:00") == 15h);
    const sla::Calendar noon(R"({"time_zone":"Asia/Jakarta","weekly":{"mon":["12:00-13:00"]}})");
    const sla::Calendar either = sla::Calendar::any_of("Asia/Jakarta", {&office, &noon});
    CHECK(either.is_open(monday + 3h) && either.elapsed(monday, monday + 5h) == 5h);
    try {
        sla::Calendar::any_of("Asia/Jakarta", {&office});
        CHECK(false);
    } catch (const sla::Error &error) {
        CHECK(error.code() == "out_of_range");
    }

    const std::string message =
        R"({"message_ref":"m","content_sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"})";
    const auto opening = [&](const std::string &channel) {
        return R"({"command":"open","ticket":"T-1","customer":"c-7","package":"starter","channel":")" + channel +
               R"(","message":)" + message + "}";
    };
    const std::string customer = R"({"role":"customer","id":"c-7"})";
    const auto opened = engine.open(opening("email"), customer, monday);
    CHECK(opened.ticket_json && opened.next_check_at && *opened.next_check_at > monday);
    const auto refused = engine.open(opening("whatsapp"), customer, monday);
    CHECK(!refused.ticket_json && !refused.next_check_at);
    CHECK(refused.decision_json.find("channel_not_entitled") != std::string::npos);
    const auto late = engine.due_events(*opened.ticket_json, monday + 8h);
    CHECK(late.decision_json.find("breached") != std::string::npos);
    CHECK(engine.evaluate(*late.ticket_json, monday + 8h).find("breached") != std::string::npos);
    CHECK(engine.authorize(customer, "manage_policy").has_value());
    CHECK(!engine.authorize(R"({"role":"admin","id":"dispatch"})", "manage_policy").has_value());
    CHECK(engine.visible_tickets(customer).value().find("\"customer\":\"") != std::string::npos);
    CHECK(!engine.visible_tickets(R"({"role":"system","id":"x"})").has_value());

    const auto list = opened.decision_json.substr(22, opened.decision_json.size() - 24);
    const std::string history = R"({"schema":"sla-history/1","events":)" + list + "}";
    CHECK(engine.explain(history, "first_response", 0, monday + 1h).find("lunch_break") != std::string::npos);
    CHECK(engine.ledger(history, monday + 1h).find("entries") != std::string::npos);
    CHECK(engine.verify(history, *opened.ticket_json).find("difference") == std::string::npos);
    CHECK(engine.verify(history, *late.ticket_json).find("\"what\":\"snapshot\"") != std::string::npos);
    sla::Aggregate one(R"({"dimensions":["package"]})"), other(R"({"dimensions":["package"]})");
    one.add(engine, history, monday + 1h);
    other.merge(one);
    CHECK(other.report() == one.report());

    try {
        sla::Engine broken(R"({"schema":"sla-policy/2","id":"","version":1,"calendars":{},"channels":[],"packages":[{}]})");
        CHECK(false);
    } catch (const sla::Error &error) {
        CHECK(error.code() == "invalid_policy" && error.status() == SLA_STATUS_INVALID_INPUT);
        CHECK(error.related().size() > 2 && !error.related()[0].path().empty());
    }
    try {
        (void)office.elapsed(monday, monday - 1us);
        CHECK(false);
    } catch (const sla::Error &error) {
        CHECK(error.code() == "end_before_start");
    }
    std::cout << "wrapper: fine\n";
    return 0;
}
