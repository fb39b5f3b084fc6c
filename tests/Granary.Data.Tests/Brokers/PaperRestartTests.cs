using Granary.Engine.Tests.Accounts;

namespace Granary.Data.Tests.Brokers;

/// <summary>The stories of an account, with a process that ends at each close: what was booked does not depend on that.</summary>
public sealed class PaperRestartTests
{
    [Fact]
    public void A_venue_and_a_ledger_that_restart_each_day_book_each_story()
    {
        var faults = new List<string>();
        foreach (var story in Story.All.Values)
        {
            using var venue = new PaperVenue(story, restarts: true);
            var hosts = StoryHosts.Run(story, venue: venue);
            foreach (var (host, found) in new[] { ("exchange", hosts.Venue), ("ledger", hosts.Ledger) })
                faults.AddRange(StoryComparison.Differences(found, story.Expected, hasTrades: false)
                    .Take(1).Select(d => $"{story.Name}, {host}: {d}"));
        }
        faults.Take(20).ShouldBeEmpty($"{faults.Count} in all");
    }
}
