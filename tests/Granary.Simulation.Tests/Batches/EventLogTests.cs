using System.Globalization;
using Granary.Engine.Trading;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Tests.Batches;

/// <summary>The log of the strategies' events after a crash.</summary>
public sealed class EventLogTests : IDisposable
{
    private const int Strategies = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Path => System.IO.Path.Combine(_folder, "events.bin");

    private EventLog Open(bool resume, string key = "run") => new(Path, key, Strategies, resume);

    // A strategy with so many signals; each is one event, and a chunk has about forty.
    private static void Run(IEventSink log, int strategy, int signals, double price = 100)
    {
        var writer = new RunEventWriter(strategy, log, withFactors: false);
        for (var i = 1; i <= signals; i++)
            writer.On(RunEvent.Of(new Signal(i, i, Side.Buy, OrderType.Market, price, 1, 0, 0, long.MaxValue)));
        writer.End();
    }

    private static int SignalsIn(EventLog log, int strategy) => log.Events(strategy).Count(e => e.Kind == RunEventKinds.Signal);

    [Fact]
    public void Events_of_a_strategy_count_when_their_end_is_stored()
    {
        using var log = Open(resume: false);
        var writer = new RunEventWriter(0, log, withFactors: false);
        for (var i = 1; i <= 1000; i++) writer.On(RunEvent.Of(new CashShortEvent(i)));
        log.ChunkCount(0).ShouldBeGreaterThan(2);
        log.IsComplete(0).ShouldBeFalse();
        writer.End();
        log.IsComplete(0).ShouldBeTrue();
        log.IsComplete(1).ShouldBeFalse();
        Run(log, 1, 0);
        log.IsComplete(1).ShouldBeTrue("a strategy without events has an end too");
    }

    [Fact]
    public void A_file_cut_at_any_byte_keeps_whole_strategies_only_and_the_others_run_again_to_the_same_file()
    {
        using (var log = Open(resume: false))
            for (var strategy = 0; strategy < Strategies; strategy++)
                Run(log, strategy, 60 * strategy + 30);
        var whole = File.ReadAllBytes(Path);
        var complete = 0;
        for (var length = 0; length <= whole.Length; length += length < 200 || length > whole.Length - 200 ? 1 : 97)
        {
            File.WriteAllBytes(Path, whole[..length]);
            using (var log = Open(resume: true))
            {
                var known = Enumerable.Range(0, Strategies).Where(log.IsComplete).ToList();
                known.Count.ShouldBeGreaterThanOrEqualTo(complete);
                complete = known.Count;
                foreach (var strategy in known) SignalsIn(log, strategy).ShouldBe(60 * strategy + 30);
                for (var strategy = complete; strategy < Strategies; strategy++) Run(log, strategy, 60 * strategy + 30);
                log.TallyOf(2).ShouldBe(new EventTally(log.ChunkCount(2), 150, 0, 0));
            }
            File.ReadAllBytes(Path).ShouldBe(whole, $"cut at {length}");
        }
        complete.ShouldBe(Strategies);
    }

    [Fact]
    public void A_changed_byte_ends_what_counts()
    {
        using (var log = Open(resume: false))
            for (var strategy = 0; strategy < Strategies; strategy++)
                Run(log, strategy, 30);
        var whole = File.ReadAllBytes(Path);
        var first = (whole.Length - 16) / Strategies;
        for (var at = 0; at < whole.Length; at += 13)
        {
            var changed = whole.ToArray();
            changed[at] ^= 0x40;
            File.WriteAllBytes(Path, changed);
            using var log = Open(resume: true);
            Enumerable.Range(0, Strategies).Count(log.IsComplete).ShouldBe(at < 16 ? 0 : (at - 16) / first,
                string.Create(CultureInfo.InvariantCulture, $"byte {at}"));
        }
    }

    [Fact]
    public void Zeros_and_garbage_at_the_end_are_dropped()
    {
        using (var log = Open(resume: false)) Run(log, 0, 30);
        var whole = File.ReadAllBytes(Path);
        var random = new Random(1);
        foreach (var length in new[] { 1, 19, 20, 500, 10_000 })
        {
            var tail = new byte[length];
            if (length % 2 == 0) random.NextBytes(tail);
            File.WriteAllBytes(Path, [.. whole, .. tail]);
            using (var log = Open(resume: true)) log.IsComplete(0).ShouldBeTrue();
            File.ReadAllBytes(Path).ShouldBe(whole);
        }
    }

    [Fact]
    public void The_file_of_another_run_is_not_continued()
    {
        using (var log = Open(resume: false)) Run(log, 0, 30);
        using var other = Open(resume: true, key: "other");
        other.IsComplete(0).ShouldBeFalse();
        other.ChunkCount(0).ShouldBe(0);
    }

    [Fact]
    public void A_strategy_that_runs_again_must_make_the_same_events()
    {
        using var log = Open(resume: false);
        Run(log, 0, 100);
        Run(log, 0, 100);
        SignalsIn(log, 0).ShouldBe(100, "repeated events count once");
        Should.Throw<RecordDiffersException>(() => Run(log, 0, 100, price: 101)).Message.ShouldContain("index 0");
        Should.Throw<RecordDiffersException>(() => Run(log, 0, 99));
        Should.Throw<RecordDiffersException>(() => Run(log, 0, 140));
    }

    [Fact]
    public void An_end_before_its_events_is_a_gap()
    {
        using var log = Open(resume: false);
        Should.Throw<MissingEventsException>(() => log.End(0, new EventTally(1, 1, 0, 0)));
        Should.Throw<MissingEventsException>(() => log.Append(0, 1, new byte[100]));
        log.IsComplete(0).ShouldBeFalse();
    }

    [Fact]
    public void Events_that_change_on_the_disk_are_not_read()
    {
        using var log = Open(resume: false);
        Run(log, 0, 30);
        log.Flush();
        using (var file = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = 60;
            file.WriteByte(0xFF);
        }
        Should.Throw<RecordDiffersException>(() => log.Read(0, 0)).Message.ShouldContain("--resume");
    }
}
