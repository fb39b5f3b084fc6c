using System.Reflection;
using System.Runtime.CompilerServices;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Events of a run, and their bytes in a log.</summary>
public sealed class RunEventTests
{
    private static readonly Signal s_signal = new(3, 5, Side.Sell, OrderType.StopLimit, 10.5, 2, 9, 12, 77)
    {
        Prediction = 0.7,
        SizeFactor = 0.25,
        ModelVersion = 4,
        Dissimilarity = 1.5,
        SizedOn = 1e5,
        AtFill = true,
        AddsTo = 2,
    };

    private static readonly Trade s_trade =
        new(3, Side.Sell, 2, 4, 5, 10.5, 9, 8.5, 4, 0.1, 6, ExitReason.TrailingStop, 0.02, 0.3)
        { SymbolIndex = 2, Financing = -0.5, RollProfit = 1.5 };

    private static readonly TradeFill s_fill = new(3, 5, 10.5, 2, 0.1, new OrderId(11), IsEntry: true, IsFirst: true, IsMaker: true)
    {
        IsAtOpen = true,
        IsByHand = true,
        OpenBefore = 3,
        FollowsEntry = true,
    };

    private static readonly StopMovedEvent s_moved = new(3, 8, 9.75);

    private static readonly RollEvent s_roll = new(3, 8, 1, Side.Sell, 2, 10.5, 11.25, 0.5, 0.25);

    // Of every kind that a log keeps, with all fields set, in symbol 2.
    private static readonly (RunEvent Event, object Record)[] s_logged =
    [
        (RunEvent.Of(s_signal, 2), s_signal),
        (RunEvent.Of(new SignalEndedEvent(3, SignalEnd.Expired, 8), 2), new SignalEndedEvent(3, SignalEnd.Expired, 8)),
        (RunEvent.Of(s_fill, 2), s_fill),
        (RunEvent.Of(s_trade), s_trade),
        (RunEvent.OfPart(s_trade), s_trade),
        (RunEvent.Of(new FinancingEvent(3, 8, FinancingKind.Interest, -0.25), 2),
            new FinancingEvent(3, 8, FinancingKind.Interest, -0.25)),
        (RunEvent.Of(new SplitEvent(3, 8, 7, 2), 2), new SplitEvent(3, 8, 7, 2)),
        (RunEvent.Of(new EntryEndedEvent(3, 8), 2), new EntryEndedEvent(3, 8)),
        (RunEvent.Of(new EntryCutEvent(3, 8, 1.5), 2), new EntryCutEvent(3, 8, 1.5)),
        (RunEvent.Of(new ExitingEvent(3, 8, OrderType.MarketOnClose, ExitReason.Time, 0.5, 2, IsByHand: true), 2),
            new ExitingEvent(3, 8, OrderType.MarketOnClose, ExitReason.Time, 0.5, 2, IsByHand: true)),
        (RunEvent.Of(new CashShortEvent(8), 2), new CashShortEvent(8)),
        (RunEvent.Of(s_moved, 2), s_moved),
        (RunEvent.Of(s_roll, 2), s_roll),
    ];

    private static object RecordOf(in RunEvent e) => e.Kind switch
    {
        RunEventKinds.Signal => e.Signal,
        RunEventKinds.SignalEnded => e.SignalEnded,
        RunEventKinds.Fill => e.Fill,
        RunEventKinds.Trade or RunEventKinds.ClosedPart => e.Trade,
        RunEventKinds.Financing => e.Financing,
        RunEventKinds.Split => e.Split,
        RunEventKinds.EntryEnded => e.EntryEnded,
        RunEventKinds.EntryCut => e.EntryCut,
        RunEventKinds.Exiting => e.Exiting,
        RunEventKinds.CashShort => e.CashShort,
        RunEventKinds.StopMoved => e.StopMoved,
        RunEventKinds.Roll => e.Roll,
        _ => throw new ArgumentException($"a log keeps no {e.Kind}", nameof(e)),
    };

    private sealed class Chunks : IEventSink
    {
        public List<byte> Bytes { get; } = [];

        public void Append(int strategy, int chunk, ReadOnlySpan<byte> events) => Bytes.AddRange(events);

        public void End(int strategy, in EventTally tally) => Tally = tally;

        public EventTally Tally { get; private set; }
    }

    private sealed class TwoFactors(int symbol) : IFactorReader
    {
        public IReadOnlyList<string> FactorNames => ["a", "b"];

        public void ReadFactors(Span<double> values) => (values[0], values[1]) = (symbol + 0.5, double.NaN);
    }

    private static byte[] Logged(IEnumerable<RunEvent> events, bool withFactors = false)
    {
        var chunks = new Chunks();
        var writer = new RunEventWriter(0, chunks, withFactors) { Factors = symbol => new TwoFactors(symbol) };
        foreach (var e in events) writer.On(e);
        writer.End();
        return [.. chunks.Bytes];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_field_of_every_record_survives_the_log(bool withFactors)
    {
        s_logged.Aggregate(RunEventKinds.None, (kinds, e) => kinds | e.Event.Kind).ShouldBe(RunEventKinds.Logged);
        var reader = new RunEventReader(Logged(s_logged.Select(e => e.Event), withFactors));
        foreach (var (expected, record) in s_logged)
        {
            reader.Next(out var read, out var factors).ShouldBeTrue();
            RecordOf(read).ShouldBe(record);
            (read.Kind, read.Number, read.Time, read.SymbolIndex)
                .ShouldBe((expected.Kind, expected.Number, expected.Time, expected.SymbolIndex));
            read.SymbolIndex.ShouldBe(2);
            factors.ShouldBe(withFactors && read.Kind == RunEventKinds.Signal ? [2.5, double.NaN] : []);
        }
        reader.Next(out _).ShouldBeFalse();
    }

    // A gap between two fields would keep bytes of chance in the log, and equal events would differ.
    [Fact]
    public void The_bytes_of_a_record_are_those_of_its_fields()
    {
        foreach (var type in s_logged.Select(e => e.Record.GetType()).Distinct())
        {
            var fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
            SizeOf(type).ShouldBe(fields.Sum(f => SizeOf(f.FieldType)), type.Name);
        }
    }

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    [Fact]
    public void An_event_that_differs_in_any_field_is_another()
    {
        foreach (var (e, record) in s_logged)
        {
            var bytes = Logged([e]);
            RunEventReader.ReadAll(bytes).ShouldHaveSingleItem().SameAs(e).ShouldBeTrue();
            // The record's bytes come last.
            for (var at = bytes.Length - SizeOf(record.GetType()); at < bytes.Length; at++)
            {
                var changed = (byte[])bytes.Clone();
                changed[at] ^= 1;
                RunEventReader.ReadAll(changed).ShouldHaveSingleItem().SameAs(e).ShouldBeFalse($"{e.Kind}, byte {at}");
            }
        }
    }

    [Fact]
    public void A_chunk_that_ends_within_an_event_is_refused()
    {
        var bytes = Logged([RunEvent.Of(s_signal), RunEvent.Of(s_trade)], withFactors: true);
        var first = Logged([RunEvent.Of(s_signal)], withFactors: true).Length;
        for (var length = 1; length < bytes.Length; length++)
        {
            if (length == first) continue;
            Should.Throw<InvalidDataException>(() => RunEventReader.ReadAll(bytes.AsSpan(0, length)));
            Should.Throw<InvalidDataException>(() => default(EventTally).With(bytes.AsSpan(0, length)));
        }
        bytes[1] = 0xFF;
        Should.Throw<InvalidDataException>(() => RunEventReader.ReadAll(bytes)).Message.ShouldContain("unknown kind");
    }

    [Fact]
    public void A_chunk_is_counted_as_its_events_are()
    {
        RunEvent[] events = [.. s_logged.Select(e => e.Event), RunEvent.Of(s_trade with { Reason = ExitReason.Open })];
        var expected = events.Aggregate(default(EventTally), (tally, e) => tally.With(e));
        expected.ShouldBe(new EventTally(0, 1, 1, 2));
        default(EventTally).With(Logged(events)).ShouldBe(expected with { Chunks = 1 });
    }

    [Fact]
    public void The_record_of_another_kind_is_not_given()
    {
        Should.Throw<InvalidOperationException>(() => _ = RunEvent.Of(s_signal).Trade).Message.ShouldBe("the event is of the kind Signal, not Trade, ClosedPart");
        Should.Throw<InvalidOperationException>(() => _ = RunEvent.Of(s_trade).Order);
        RunEvent.OfPart(s_trade).Trade.ShouldBe(s_trade);
    }

    [Fact]
    public void Numbers_of_a_later_run_go_on_after_those_of_the_earlier()
    {
        foreach (var (e, _) in s_logged)
        {
            var later = e.NumberedAfter(10);
            if (e.Kind == RunEventKinds.CashShort) later.SameAs(e).ShouldBeTrue();
            else later.Number.ShouldBe(13);
            later.NumberedAfter(-10).SameAs(e).ShouldBeTrue(e.Kind.ToString());
        }
    }

    private sealed class Counter(RunEventKinds kinds) : IRunListener
    {
        public RunEventKinds Kinds => kinds;

        public Dictionary<RunEventKinds, int> Counts { get; } = [];

        public void On(in RunEvent e) => Counts[e.Kind] = Counts.GetValueOrDefault(e.Kind) + 1;
    }

    [Fact]
    public void A_listener_receives_the_kinds_that_it_names_and_no_others()
    {
        var feed = SampleBars.Random(1, 2000, Timeframe.H1);
        var settings = new TradingSettings { Cash = 100_000, Size = SizeRule.Units(10), StopLossPercent = 1, TrailingStopPercent = 1 };
        (UInt128 Digest, Dictionary<RunEventKinds, int> Counts) Run(RunEventKinds kinds)
        {
            var counter = new Counter(kinds);
            var result = SingleRun.Of(new RandomTrader(1, byHand: false), feed.Series, feed.Bars, settings, new ExecutionSettings(),
                counter);
            return (result.Digest, counter.Counts);
        }
        var (digest, all) = Run(RunEventKinds.All);
        RunEventKinds[] least = [RunEventKinds.Signal, RunEventKinds.SignalEnded, RunEventKinds.Fill, RunEventKinds.Trade,
            RunEventKinds.Exiting, RunEventKinds.Order, RunEventKinds.Levels];
        least.ShouldBeSubsetOf(all.Keys);
        foreach (var kind in all.Keys)
        {
            var (same, counts) = Run(kind);
            same.ShouldBe(digest);
            counts.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create(kind, all[kind]));
        }
    }
}
