using System.Diagnostics;
using System.Globalization;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Engine.Tests.Market;

/// <summary>UTC times of local times, against Python's zoneinfo on the same time zone data.</summary>
public sealed class WallClockTests
{
    // For each zone: hours around each change of the clock, and some others, with the UTC times that show them.
    private const string Script = """
        import sys, zoneinfo
        from datetime import datetime, timedelta, timezone
        for name in sys.stdin.read().split():
            at = datetime(int(sys.argv[1]), 1, 1)
            zone = zoneinfo.ZoneInfo(name)
            def offset(at): return at.replace(tzinfo=timezone.utc).astimezone(zone).utcoffset()
            asked = []
            while at < datetime(2028, 1, 1):
                if offset(at) != offset(at + timedelta(days=1)):
                    for minutes in range(-14 * 60, 38 * 60, 30): asked.append(at + timedelta(minutes=minutes))
                at += timedelta(days=1)
            for local in sorted(set(asked)):
                found = []
                for fold in (0, 1):
                    utc = local.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc)
                    if utc.astimezone(zone).replace(tzinfo=None) == local and utc not in found: found.append(utc)
                print(name, local.isoformat(), *[u.strftime("%Y-%m-%dT%H:%M:%S") for u in found])
        """;

    [Fact]
    public void A_local_time_has_the_utc_times_that_zoneinfo_gives_it_in_every_zone()
    {
        OptionalProgram.Require("python3", "python3 tzdata");
        string[] zones = [.. TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(z => z.Contains('/')).Order(StringComparer.Ordinal)];
        var wrong = new List<string>();
        foreach (var line in Answers(zones))
        {
            var words = line.Split(' ');
            var clock = WallClock.Of(TimeZoneInfo.FindSystemTimeZoneById(words[0]), Ticks(words[1]));
            long[] expected = [.. words[2..].Select(Ticks)];
            if (clock.Count != expected.Length || expected.Length > 0 && (clock.First != expected[0] || clock.Last != expected[^1]))
                wrong.Add($"{line}: {clock.Count}, {new DateTime(clock.First):s}, {new DateTime(clock.Last):s}");
        }
        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Europe/Dublin", "2026-03-29T01:30:00", 0, "2026-03-29T01:00:00", "2026-03-29T01:00:00")]
    [InlineData("Europe/Dublin", "2026-10-25T01:30:00", 2, "2026-10-25T00:30:00", "2026-10-25T01:30:00")]
    [InlineData("Europe/London", "2026-10-25T01:30:00", 2, "2026-10-25T00:30:00", "2026-10-25T01:30:00")]
    [InlineData("America/New_York", "2024-03-10T02:00:00", 0, "2024-03-10T07:00:00", "2024-03-10T07:00:00")]
    [InlineData("America/New_York", "2024-03-10T03:00:00", 1, "2024-03-10T07:00:00", "2024-03-10T07:00:00")]
    // The day that Samoa skipped.
    [InlineData("Pacific/Apia", "2011-12-30T12:00:00", 0, "2011-12-30T10:00:00", "2011-12-30T10:00:00")]
    public void A_skipped_time_is_the_change_of_the_clock_and_a_repeated_one_has_two(string zone, string local, int count, string first,
        string last) => WallClock.Of(TimeZoneInfo.FindSystemTimeZoneById(zone), Ticks(local))
            .ShouldBe(new WallClock(count, Ticks(first), Ticks(last)));

    private static long Ticks(string text) => DateTime.ParseExact(text, "s", CultureInfo.InvariantCulture).Ticks;

    private static List<string> Answers(string[] zones)
    {
        var from = TestEffort.Of(2024, 1990).ToString(CultureInfo.InvariantCulture);
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", Script, from])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        python.StandardInput.Write(string.Join('\n', zones));
        python.StandardInput.Close();
        var lines = python.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        python.WaitForExit();
        python.ExitCode.ShouldBe(0);
        return lines;
    }
}
