// The SLA engine for C++17: handles that free themselves, failures as exceptions. sla.h is the manual.
//
// Instants are microseconds since 1970-01-01T00:00:00Z (sla::Instant), lengths of business time microseconds
// (std::chrono::microseconds). Texts go in as std::string_view and come out as std::string, both UTF-8; documents are
// JSON. Handles can be moved, not copied. Every function throws sla::Error when the library reports a failure.
#ifndef SLA_HPP
#define SLA_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern "C" {
#include "sla.h"
}

namespace sla {

using Instant = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

inline std::int64_t to_us(Instant at) { return at.time_since_epoch().count(); }
inline Instant from_us(std::int64_t at_us) { return Instant(std::chrono::microseconds(at_us)); }

// What went wrong, where, and what to change.
class Error : public std::runtime_error {
  public:
    Error(sla_status status, const sla_error *error)
        : std::runtime_error(sla_error_message(error)), status_(status), code_(sla_error_code(error)),
          path_(sla_error_path(error)), help_(sla_error_help(error)) {
        for (std::size_t each = 0; each < sla_error_related_count(error); ++each) {
            related_.emplace_back(status, sla_error_related(error, each));
        }
    }

    sla_status status() const noexcept { return status_; }
    // A stable code, for example `out_of_horizon`.
    const std::string &code() const noexcept { return code_; }
    // Where in the document, as a JSON pointer.
    const std::string &path() const noexcept { return path_; }
    const std::string &help() const noexcept { return help_; }
    // Every problem of a policy, for example.
    const std::vector<Error> &related() const noexcept { return related_; }

  private:
    sla_status status_;
    std::string code_, path_, help_;
    std::vector<Error> related_;
};

namespace detail {

// Calls a function with a place for its error as the last argument, and throws what it reports.
template <typename Function, typename... Arguments> void call(Function function, Arguments... arguments) {
    sla_error *raw = nullptr;
    const sla_status status = function(arguments..., &raw);
    const std::unique_ptr<sla_error, void (*)(sla_error *)> error(raw, sla_error_free);
    if (status != SLA_STATUS_OK) {
        throw Error(status, error.get());
    }
}

// A text of the library until it is copied.
class Text {
  public:
    Text() = default;
    Text(const Text &) = delete;
    Text &operator=(const Text &) = delete;
    ~Text() { sla_string_free(&string_); }

    sla_string *out() noexcept { return &string_; }
    bool is_there() const noexcept { return string_.data != nullptr; }
    std::string str() const { return is_there() ? std::string(string_.data, string_.len) : std::string(); }

  private:
    sla_string string_{};
};

template <typename Handle, void (*Free)(Handle *)> struct Freed {
    void operator()(Handle *handle) const noexcept { Free(handle); }
};
template <typename Handle, void (*Free)(Handle *)> using Owned = std::unique_ptr<Handle, Freed<Handle, Free>>;

// Texts that may be left out cross as null.
inline const char *data(const std::optional<std::string_view> &text) { return text ? text->data() : nullptr; }
inline std::size_t size(const std::optional<std::string_view> &text) { return text ? text->size() : 0; }

} // namespace detail

inline std::string version() { return sla_version(); }
inline std::string tzdb_version() { return sla_tzdb_version(); }

// When support time counts. Immutable; may be used by many threads.
class Calendar {
  public:
    explicit Calendar(std::string_view calendar_json) {
        sla_calendar *raw = nullptr;
        detail::call(sla_calendar_compile, calendar_json.data(), calendar_json.size(), nullptr, &raw);
        handle_.reset(raw);
    }
    explicit Calendar(sla_calendar *owned) : handle_(owned) {}

    // A calendar that is open whenever one of the members is: 2 to 64, none of them made of others itself.
    static Calendar any_of(std::string_view time_zone, const std::vector<const Calendar *> &members) {
        std::vector<const sla_calendar *> handles;
        for (const Calendar *member : members) {
            handles.push_back(member ? member->get() : nullptr);
        }
        sla_calendar *raw = nullptr;
        detail::call(sla_calendar_any_of, time_zone.data(), time_zone.size(), handles.data(), handles.size(), nullptr,
                     &raw);
        return Calendar(raw);
    }

    Instant add(Instant start, std::chrono::microseconds length) const {
        return instant(sla_calendar_add, to_us(start), static_cast<std::int64_t>(length.count()));
    }
    Instant subtract(Instant end, std::chrono::microseconds length) const {
        return instant(sla_calendar_subtract, to_us(end), static_cast<std::int64_t>(length.count()));
    }
    std::chrono::microseconds elapsed(Instant from, Instant to) const {
        std::int64_t length_us = 0;
        detail::call(sla_calendar_elapsed, get(), to_us(from), to_us(to), &length_us);
        return std::chrono::microseconds(length_us);
    }
    bool is_open(Instant at) const {
        std::int32_t open = 0;
        detail::call(sla_calendar_is_open, get(), to_us(at), &open);
        return open != 0;
    }
    // The open time from `from` to the instant that business days promise: at most 366, by `close`, `same_time` or a
    // local time; from a cut-off on, a day counts as the next one.
    std::chrono::microseconds business_days(Instant from, std::uint32_t days, std::string_view by,
                                            std::optional<std::string_view> cut_off = std::nullopt) const {
        std::int64_t length_us = 0;
        detail::call(sla_calendar_business_days, get(), to_us(from), days, by.data(), by.size(), detail::data(cut_off),
                     detail::size(cut_off), &length_us);
        return std::chrono::microseconds(length_us);
    }
    Instant next_open(Instant at) const { return instant(sla_calendar_next_open, to_us(at)); }
    Instant next_close(Instant at) const { return instant(sla_calendar_next_close, to_us(at)); }

    const sla_calendar *get() const noexcept { return handle_.get(); }

  private:
    template <typename Function, typename... Arguments>
    Instant instant(Function function, Arguments... arguments) const {
        std::int64_t at_us = 0;
        detail::call(function, get(), arguments..., &at_us);
        return from_us(at_us);
    }

    detail::Owned<sla_calendar, sla_calendar_free> handle_;
};

// The outcome of a command: JSON documents, see docs/documents.md.
struct Decision {
    // `{"accepted": {"events": [...]}}`, the events to persist, or `{"refused": {...}}`.
    std::string decision_json;
    // A snapshot for the next call; absent when refused.
    std::optional<std::string> ticket_json;
    // When due_events will have something; absent for never, and when refused.
    std::optional<Instant> next_check_at;
};

// A compiled policy. Immutable; may be used by many threads.
class Engine {
  public:
    // A policy document, or a list of revisions, oldest first. The same bytes give the same engine, from a cache.
    explicit Engine(std::string_view policies_json) {
        sla_engine *raw = nullptr;
        detail::call(sla_engine_compile, policies_json.data(), policies_json.size(), nullptr, &raw);
        handle_.reset(raw);
    }

    Calendar calendar(std::string_view id) const {
        sla_calendar *raw = nullptr;
        detail::call(sla_engine_calendar, get(), id.data(), id.size(), &raw);
        return Calendar(raw);
    }
    Decision open(std::string_view opening_json, std::string_view actor_json, Instant now) const {
        return decision([&](auto... out) {
            detail::call(sla_engine_open, get(), opening_json.data(), opening_json.size(), actor_json.data(),
                         actor_json.size(), to_us(now), out...);
        });
    }
    Decision decide(std::string_view ticket_json, std::string_view command_json, std::string_view actor_json,
                    Instant now) const {
        return decision([&](auto... out) {
            detail::call(sla_engine_decide, get(), ticket_json.data(), ticket_json.size(), command_json.data(),
                         command_json.size(), actor_json.data(), actor_json.size(), to_us(now), out...);
        });
    }
    // The automatic events that are due: their list stands in `decision_json`.
    Decision due_events(std::string_view ticket_json, Instant now) const {
        return decision([&](auto... out) {
            detail::call(sla_engine_due_events, get(), ticket_json.data(), ticket_json.size(), to_us(now), out...);
        });
    }
    std::string evaluate(std::string_view ticket_json, Instant now) const {
        detail::Text out;
        detail::call(sla_engine_evaluate, get(), ticket_json.data(), ticket_json.size(), to_us(now), out.out());
        return out.str();
    }
    std::string explain(std::string_view history_json, std::string_view timer, std::uint32_t cycle, Instant now) const {
        detail::Text out;
        detail::call(sla_engine_explain, get(), history_json.data(), history_json.size(), timer.data(), timer.size(),
                     cycle, to_us(now), out.out());
        return out.str();
    }
    std::string ledger(std::string_view history_json, Instant now) const {
        detail::Text out;
        detail::call(sla_engine_ledger, get(), history_json.data(), history_json.size(), to_us(now), out.out());
        return out.str();
    }
    // Whether the rules make the history as it is recorded, and the snapshot is the fold of its events.
    std::string verify(std::string_view history_json,
                       std::optional<std::string_view> snapshot_json = std::nullopt) const {
        detail::Text out;
        detail::call(sla_engine_verify, get(), history_json.data(), history_json.size(), detail::data(snapshot_json),
                     detail::size(snapshot_json), out.out());
        return out.str();
    }
    // The refusal, or nothing when it is permitted.
    std::optional<std::string> authorize(std::string_view actor_json, std::string_view action,
                                         std::optional<std::string_view> ticket_json = std::nullopt) const {
        detail::Text out;
        detail::call(sla_engine_authorize, get(), actor_json.data(), actor_json.size(), action.data(), action.size(),
                     detail::data(ticket_json), detail::size(ticket_json), out.out());
        return out.is_there() ? std::optional(out.str()) : std::nullopt;
    }

    // The condition of a list, or nothing for an actor who may see no ticket; `authorize` says why.
    std::optional<std::string> visible_tickets(std::string_view actor_json) const {
        detail::Text visible, refusal;
        detail::call(sla_engine_visible_tickets, get(), actor_json.data(), actor_json.size(), visible.out(),
                     refusal.out());
        return visible.is_there() ? std::optional(visible.str()) : std::nullopt;
    }

    const sla_engine *get() const noexcept { return handle_.get(); }

  private:
    template <typename Call> static Decision decision(Call call) {
        detail::Text decision, ticket;
        std::int64_t next_us = SLA_NONE;
        call(decision.out(), ticket.out(), &next_us);
        return {decision.str(), ticket.is_there() ? std::optional(ticket.str()) : std::nullopt,
                next_us == SLA_NONE ? std::nullopt : std::optional(from_us(next_us))};
    }

    detail::Owned<sla_engine, sla_engine_free> handle_;
};

// Figures of many tickets; may be merged. One thread at a time.
class Aggregate {
  public:
    explicit Aggregate(std::string_view grouping_json) {
        sla_aggregate *raw = nullptr;
        detail::call(sla_aggregate_new, grouping_json.data(), grouping_json.size(), &raw);
        handle_.reset(raw);
    }

    void add(const Engine &engine, std::string_view history_json, Instant now) {
        detail::call(sla_aggregate_add, get(), engine.get(), history_json.data(), history_json.size(), to_us(now));
    }
    void merge(const Aggregate &other) { detail::call(sla_aggregate_merge, get(), other.get()); }
    std::string report() const {
        detail::Text out;
        detail::call(sla_aggregate_report, get(), out.out());
        return out.str();
    }

    sla_aggregate *get() const noexcept { return handle_.get(); }

  private:
    detail::Owned<sla_aggregate, sla_aggregate_free> handle_;
};

} // namespace sla

#endif
