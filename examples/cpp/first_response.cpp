// Opens a ticket under a policy file, answers it an hour later, and prints where its promises stand.
//
//     first_response examples/talkabiz.json

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include <sla.hpp>

int main(int argc, char **argv) try {
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " POLICY.json\n";
        return EXIT_FAILURE;
    }
    std::ifstream file(argv[1]);
    const std::string policy{std::istreambuf_iterator<char>(file), {}};
    const sla::Engine engine(policy);

    const std::string message =
        R"({"message_ref":"m","content_sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"})";
    const auto opened_at = sla::from_us(1795399200000000); // 2026-11-23T09:00:00+07:00
    const auto answered_at = opened_at + std::chrono::hours(1);

    const auto opened = engine.open(
        R"({"command":"open","ticket":"T-1","customer":"c-7","package":"starter","channel":"email","message":)" + message + "}",
        R"({"role":"customer","id":"c-7"})", opened_at);
    std::cout << "opened:   " << opened.decision_json << '\n';
    const auto answered = engine.decide(opened.ticket_json.value(), R"({"command":"reply","channel":"email","message":)" + message + "}",
                                        R"({"role":"admin","id":"dispatch"})", answered_at);
    std::cout << "answered: " << answered.decision_json << '\n';
    std::cout << "stands:   " << engine.evaluate(answered.ticket_json.value(), answered_at) << '\n';
    return EXIT_SUCCESS;
} catch (const sla::Error &error) {
    std::cerr << error.path() << ' ' << error.what() << "; " << error.help() << '\n';
    return EXIT_FAILURE;
}
