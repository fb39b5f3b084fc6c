using System.Collections.Frozen;
using Granary.Application.Jobs;
using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Batches;
using Granary.Cluster.Wire;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Session;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>Silos of two versions in one cluster: what one of them has added, the other does without.</summary>
public sealed class RollingUpgradeTests : IDisposable
{
    private readonly ServiceProvider _services = Services();

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection().AddSerializer();
        EarlierTypeNames.Add(services);
        return services.BuildServiceProvider();
    }

    public void Dispose() => _services.Dispose();

    private static readonly DateTimeOffset At = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static readonly BatchOrder Order = new("r", "n", [1, 2, 3], "f.json", "/tmp", "me", At, "key");

    private static readonly JobStatus Status =
        new() { Id = "r", Name = "n", Revision = 7, State = JobState.Running, SubmittedBy = "me", SubmittedAt = At };

    /// <summary>One of each kind: what is sent, what is stored, an engine type by its surrogate, what lies in Kafka.</summary>
    public static TheoryData<string> Known => [.. Values.Keys];

    private static readonly FrozenDictionary<string, object> Values = new object[]
    {
        Order,
        new RunDefinition(Order, ["A", "B"]),
        new BatchRecord { Order = Order, Status = Status, Symbols = ["A"], Trace = "00-1-2-01" },
        new GroupOrder(Guid.NewGuid(), "r", new PassKey("ef"), 3, [4, 5], true, false, ["h"], [new ModelUse(0, [4])]),
        new ComputeStatus(2, false,
            [new GroupStatus(Guid.NewGuid(), new PassKey("ef"), 1, GroupState.Running, [1, 2], 10, 5, null, false, 0.5)]),
        new StrategyReport(new PassKey("ef"), [new EventChunk(1, 0, [9])], [new StrategyOutcome(1, null, 5, 0, 10, "why")], [1]),
        new BlockBatch(4, [BarBlock.FromBars(0, [new Bar(1, 2, 4, 1, 3, 5)])], true, null, false),
        new ReportingStatus("strategies", Guid.NewGuid(), 1, 0, 2, 30, new RunEnd(null, "d", 1, 2, 3, 0, ["results.json"])),
        Status,
    }.ToFrozenDictionary(v => v.GetType().Name);

    // A field that this version does not know, of a type that it does not know, behind all of its own: what a newer silo would send.
    private byte[] OfANewerVersion(object value)
    {
        var bytes = Serialize(value);
        var last = LastFieldOf(bytes);
        using var own = _services.GetRequiredService<SerializerSessionPool>().GetSession();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        // All but the end of the object, which is the last byte.
        var writer = Writer.Create(buffer, own);
        writer.Write(bytes.AsSpan(0, bytes.Length - 1));
        StringCodec.WriteField(ref writer, 1000 - last, "added by a newer version");
        Int64Codec.WriteField(ref writer, 1, 42L);
        writer.WriteEndObject();
        writer.Commit();
        return buffer.WrittenSpan.ToArray();
    }

    // Ids are written as differences: where the last field of the outermost object stands.
    private uint LastFieldOf(byte[] bytes)
    {
        using var session = _services.GetRequiredService<SerializerSessionPool>().GetSession();
        var reader = Reader.Create(bytes, session);
        var header = reader.ReadFieldHeader();
        ReferenceCodec.MarkValueField(session);
        uint id = 0;
        while (true)
        {
            reader.ReadFieldHeader(ref header);
            if (header.IsEndBaseOrEndObject) return id;
            id += header.FieldIdDelta;
            reader.ConsumeUnknownField(header);
        }
    }

    private byte[] Serialize(object value) => _services.GetRequiredService<Serializer>().SerializeToArray(value);

    [Theory, MemberData(nameof(Known))]
    public void A_field_that_a_newer_version_added_is_passed_over_and_all_others_are_kept(string kind)
    {
        var value = Values[kind];
        var newer = OfANewerVersion(value);
        newer.Length.ShouldBeGreaterThan(Serialize(value).Length);
        var read = _services.GetRequiredService<Serializer>().Deserialize<object>(newer)!;
        read.GetType().ShouldBe(value.GetType());
        // As it is after a journey without the addition: a list may come as another kind of list.
        var same = _services.GetRequiredService<Serializer>().Deserialize<object>(Serialize(value))!;
        Convert.ToHexString(Serialize(read)).ShouldBe(Convert.ToHexString(Serialize(same)));
    }

    [Fact]
    public void A_field_that_an_older_version_did_not_have_yet_is_read_as_its_default()
    {
        // The same ids and types as an order had before it knew idempotency keys, and an end before it knew wrong input.
        var older = _services.GetRequiredService<Serializer<OlderOrder>>()
            .SerializeToArray(new OlderOrder("r", "n", [1, 2, 3], "f.json", "/tmp", "me", At));
        var order = _services.GetRequiredService<Serializer<BatchOrder>>().Deserialize(older)!;
        (order.Id, order.Name, order.Folder, order.SubmittedAt, order.IdempotencyKey).ShouldBe(("r", "n", "/tmp", At, null));
        order.Text.ShouldBe([1, 2, 3]);
        var end = _services.GetRequiredService<Serializer<RunEnd>>()
            .Deserialize(_services.GetRequiredService<Serializer<OlderEnd>>().SerializeToArray(new OlderEnd("a fault", null, 1)))!;
        (end.Fault, end.Trades, end.Files, end.WrongInput).ShouldBe(("a fault", 1, null!, false));
    }

    [Fact]
    public void A_type_that_was_renamed_travels_under_its_earlier_name()
    {
        // The answer of a grain has the name of its type in it.
        var bytes = Serialize(Orleans.Serialization.Invocation.Response.FromResult<JobStatus?>(Status));
        var text = System.Text.Encoding.ASCII.GetString(bytes);
        text.ShouldContain("Granary.Application.Submissions.BatchStatus,Granary.Application");
        text.ShouldNotContain("JobStatus");
        var read = (Orleans.Serialization.Invocation.Response)_services.GetRequiredService<Serializer>().Deserialize<object>(bytes)!;
        read.Result.ShouldBe(Status);
    }

    [Fact]
    public void The_key_of_a_pass_is_read_and_written_as_the_text_that_it_was()
    {
        var earlier = _services.GetRequiredService<Serializer<EarlierReport>>();
        var ours = _services.GetRequiredService<Serializer<StrategyReport>>();
        var chunks = new[] { new EventChunk(1, 0, [9]) };
        ours.Deserialize(earlier.SerializeToArray(new EarlierReport("ef?changes", chunks, [], [])))!.Pass
            .ShouldBe(new PassKey("ef?changes"));
        earlier.Deserialize(ours.SerializeToArray(new StrategyReport(new PassKey("rs"), chunks, [], [])))!.Pass.ShouldBe("rs");
    }

    [Fact]
    public void A_metric_that_a_newer_silo_added_travels_and_an_older_one_leaves_it_out()
    {
        var added = RatioMetrics.Sharpe with { Key = "added", Compute = static (in MetricInput m) => m.Equity.Final + 1 };
        var newer = MetricCatalogue.BuiltIn.With(added);
        var sent = newer.Compute(MetricInput.Of(Sums, default, 252));
        var wire = _services.GetRequiredService<Serializer<RunStatisticsWire>>();
        var bytes = wire.SerializeToArray(new RunStatisticsConverter(newer).ConvertToSurrogate(sent));

        var read = new RunStatisticsConverter(newer).ConvertFromSurrogate(wire.Deserialize(bytes));
        read.ShouldBe(sent);
        read[added].ShouldBe(111);
        var older = new RunStatisticsConverter().ConvertFromSurrogate(wire.Deserialize(bytes));
        older.ShouldBe(MetricCatalogue.BuiltIn.Compute(MetricInput.Of(Sums, default, 252)));
        // And what an older silo sends has no such metric.
        var without = new RunStatisticsConverter().ConvertToSurrogate(older);
        new RunStatisticsConverter(newer).ConvertFromSurrogate(wire.Deserialize(wire.SerializeToArray(without)))[added].ShouldBe(
            double.NaN);
    }

    [Fact]
    public void Metrics_of_an_older_silo_are_read_and_it_reads_ours()
    {
        var sent = MetricCatalogue.BuiltIn.Compute(MetricInput.Of(Sums, default, 252));
        var ours = _services.GetRequiredService<Serializer<StrategyOutcome>>();
        var outcome = new StrategyOutcome(1, sent, 5, 0, 10, null);
        var bytes = ours.SerializeToArray(outcome);
        ours.Deserialize(bytes)!.Statistics.ShouldBe(sent);

        // The same ids and types as before metrics travelled under their names.
        var older = _services.GetRequiredService<Serializer<OlderStatistics>>().Deserialize(
            _services.GetRequiredService<Serializer<RunStatisticsWire>>()
                .SerializeToArray(new RunStatisticsConverter().ConvertToSurrogate(sent)));
        (older.Sharpe, older.Periods, older.PeriodsPerYear).ShouldBe((sent.Sharpe, 10, 252));
        var theirs = _services.GetRequiredService<Serializer<RunStatisticsWire>>().Deserialize(
            _services.GetRequiredService<Serializer<OlderStatistics>>().SerializeToArray(older));
        var read = new RunStatisticsConverter().ConvertFromSurrogate(theirs);
        (read.Sharpe, read[ExposureMetrics.Periods], read[RatioMetrics.PeriodsPerYear]).ShouldBe((sent.Sharpe, 10, 252));
    }

    [Fact]
    public void The_keys_of_added_metrics_are_written_once_for_a_whole_report()
    {
        var metrics = Enumerable.Range(0, 5)
            .Aggregate(MetricCatalogue.BuiltIn, (c, i) => c.With(RatioMetrics.Sharpe with { Key = $"anAddedMetric{i}" }));
        var converter = new RunStatisticsConverter(metrics);
        var wire = _services.GetRequiredService<Serializer<RunStatisticsWire[]>>();
        int Bytes(int strategies) => wire.SerializeToArray([.. Enumerable.Range(0, strategies)
            .Select(i => converter.ConvertToSurrogate(metrics.Compute(MetricInput.Of(Sums with { Final = i + 1 }, default, 252))))]).Length;
        // Five doubles of eight bytes, and what marks them; not their names of 14 letters each.
        (Bytes(200) - Bytes(100)).ShouldBeLessThan(100 * (25 * 10 + 5 * 8 + 20));
    }

    private static EquitySums Sums { get; } = new()
    {
        Start = 100,
        Final = 110,
        Count = 10,
        SumOfReturns = 0.1,
        SumOfSquares = 0.01,
        SumOfSquaredLosses = 0.001,
        MaxDrawdown = 0.1,
        MaxDrawdownTicks = 7,
        LongestUnderwaterTicks = 7,
        FirstTime = 0,
        LastTime = 9 * TimeSpan.TicksPerDay,
        Months = 1,
        MonthsUp = 1,
        Weeks = 2,
        WeeksUp = 1,
        ExposedBars = 4,
    };

    [Fact]
    public void A_field_of_the_wrong_kind_would_be_seen_by_this_test()
    {
        // Were an id used again for another type, readers would fail or read wrong values: the first test finds it.
        var bytes = _services.GetRequiredService<Serializer<Reused>>().SerializeToArray(new Reused(5, "n"));
        Should.Throw<Exception>(() => _services.GetRequiredService<Serializer<BatchOrder>>().Deserialize(bytes));
    }
}

[GenerateSerializer, Immutable, Alias("test.OlderOrder")]
public sealed record OlderOrder(
    [property: Id(0)] string Id, [property: Id(1)] string Name, [property: Id(2)] byte[] Text, [property: Id(3)]
        string File, [property: Id(4)] string Folder, [property: Id(5)] string SubmittedBy,
    [property: Id(6)] DateTimeOffset SubmittedAt);

[GenerateSerializer, Immutable, Alias("test.EarlierReport")]
public sealed record EarlierReport(
    [property: Id(0)] string Pass, [property: Id(1)] IReadOnlyList<EventChunk> Events,
    [property: Id(2)] IReadOnlyList<StrategyOutcome> Outcomes, [property: Id(3)] IReadOnlyList<int> Chunks);

[GenerateSerializer, Immutable, Alias("test.OlderEnd")]
public sealed record OlderEnd([property: Id(0)] string? Fault, [property: Id(1)] string? Digest, [property: Id(2)] long Trades);

[GenerateSerializer, Immutable, Alias("test.Reused")]
public sealed record Reused([property: Id(0)] long Id, [property: Id(1)] string Name);

[GenerateSerializer, Alias("test.OlderStatistics")]
public struct OlderStatistics
{
    [Id(0)] public long Trades;
    [Id(9)] public double Sharpe;
    [Id(20)] public long Periods;
    [Id(21)] public double PeriodsPerYear;
}
