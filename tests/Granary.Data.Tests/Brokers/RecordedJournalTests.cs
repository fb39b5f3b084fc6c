using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Tests.Accounts;

namespace Granary.Data.Tests.Brokers;

/// <summary>
/// A paper account is what its exchange computes from its journal. Recorded journals of stories name the rules by which it does so: a
/// build that books something else from them has other rules, and refuses the journals of earlier builds.
/// </summary>
/// <remarks>
/// Lines of recorded-journals.txt are only added, never changed. GRANARY_JOURNALS=FILE writes those of today's stories of one rule.
/// </remarks>
public sealed class RecordedJournalTests
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    [Fact]
    public void The_rules_of_a_paper_account_are_the_digest_of_what_it_books_from_recorded_journals()
    {
        if (Environment.GetEnvironmentVariable("GRANARY_JOURNALS") is { } file) File.WriteAllLines(file, Recorded());
        var booked = new StringBuilder();
        foreach (var line in Lines()) Book(JsonNode.Parse(line)!, booked);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(booked.ToString())))[..16];
        PaperBroker.Rules.ShouldBe(digest, "paper accounts of earlier builds would be computed by other rules: set PaperBroker.Rules");
    }

    private static IEnumerable<JsonArray> Entries(JsonNode journal) => journal["entries"]!.AsArray().Select(e => e!.AsArray());

    private static string[] Lines() => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Brokers", "recorded-journals.txt"));

    private static void Book(JsonNode recorded, StringBuilder booked)
    {
        var story = Story.Parse($"[{recorded["story"]!.ToJsonString()}]").Single();
        var journal = new MemoryJournal();
        foreach (var entry in Entries(recorded))
        {
            var (kind, about, body) = ((string)entry[0]!, (string)entry[1]!, entry[2]!);
            if (kind == "bars") body["Rules"] = PaperBroker.Rules;
            _ = journal.AppendAsync([new JournalEntry(journal.Last + 1, DateTimeOffset.UnixEpoch, kind, about, "",
                Encoding.UTF8.GetBytes(body.ToJsonString()))]);
        }
        using var venue = new PaperVenue(story, restarts: false, journal);
        booked.AppendLine(story.Name);
        foreach (var e in venue.Poll(0))
        {
            if (e.Fill is { } fill) Add(fill.At, fill.ClientId, fill.Leg, (int)fill.Side, fill.Price, fill.Quantity, fill.Fee);
            if (e.Financing is { } paid) Add(paid.At, paid.ClientId, paid.Kind, paid.Amount);
            if (e.Split is { } split) Add(split.At, split.ClientId, split.Ratio);
            if (e.Roll is { } roll) Add(roll.At, roll.ClientId, roll.Quantity, roll.OldPrice, roll.NewPrice, roll.Fee);
            Add(e.Status.ClientId, e.Status.State, e.Status.Filled);
        }
        Add(venue.Cash, venue.PositionOf("TEST"), venue.PositionOf("TEST1"));

        void Add(params object[] values) => booked.AppendLine(string.Join(' ', values.Select(v =>
            v is IFormattable f ? f.ToString(null, CultureInfo.InvariantCulture) : v)));
    }

    private static IEnumerable<string> Recorded()
    {
        foreach (var story in Story.All.Values.Where(s => !s.Name.Contains(" and ", StringComparison.Ordinal)))
        {
            using var venue = new PaperVenue(story, restarts: false);
            _ = StoryHosts.Run(story, venue: venue);
            var facts = story with { Bars = [], Acts = [], Expected = null!, Scaled = null, Scale = 0 };
            yield return new JsonObject
            {
                ["story"] = JsonSerializer.SerializeToNode(facts with
                {
                    Others = [.. facts.Others.Select(o => o with { Bars = [] })],
                }, s_options),
                ["entries"] = new JsonArray([.. venue.Journal.Entries.Select(e =>
                    new JsonArray(e.Kind, e.Strategy, JsonNode.Parse(e.Body.Span)))]),
            }.ToJsonString();
        }
    }
}
