using Granary.Cluster.Wire;
using Granary.Contracts.Jobs;
using Granary.Contracts.Weights;
using Granary.Engine.Brokerage;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>Records that cross between grains as JSON.</summary>
public sealed class WireFormatTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddWireFormat().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    private T Sent<T>(T message)
    {
        var serializer = _services.GetRequiredService<Serializer>();
        return serializer.Deserialize<T>(serializer.SerializeToArray(message))!;
    }

    [Fact]
    public void Weights_arrive_to_the_bit_and_in_their_order()
    {
        double[] values = [0.1 + 0.2, -0.0, double.Epsilon, double.MaxValue, 1 / 3.0];
        var weights = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var value in values) weights[$"s{weights.Count}"] = value;
        var at = new DateTimeOffset(638_000_000_000_000_001, TimeSpan.Zero);
        var read = Sent(new PortfolioWeights("p", 7, weights, "me", "less risk \"now\"", at));
        read.Weights.Keys.ShouldBe(weights.Keys);
        read.Weights.Values.Select(BitConverter.DoubleToInt64Bits).ShouldBe(values.Select(BitConverter.DoubleToInt64Bits));
        (read.Portfolio, read.Version, read.Who, read.Why, read.At).ShouldBe(("p", 7, "me", "less risk \"now\"", at));
    }

    [Fact]
    public void A_job_arrives_with_its_progress_and_the_figures_that_are_no_numbers()
    {
        JobStatus status = new()
        {
            Id = "j",
            Name = "a job",
            Revision = long.MaxValue,
            State = JobState.Running,
            SubmittedBy = "me",
            SubmittedAt = DateTimeOffset.UnixEpoch,
            Runs = ["a", "b"],
            Code = [new JobCode("Idea.cs", "0f")],
            Progress = new JobProgress(1000, 3, 1, 1L << 60, Stage: "checks")
            {
                Load = new ProcessLoad(199.5, 1 << 30, 2),
                Leaders = [new StrategyLeader("s", double.NaN, double.PositiveInfinity, 0.25, 9)],
            },
        };
        JobStatus?[] several = Sent<JobStatus?[]>([status, null]);
        several[1].ShouldBeNull();
        var read = several[0]!;
        (read with { Runs = status.Runs, Code = status.Code, Files = status.Files, Progress = status.Progress }).ShouldBe(status);
        read.Runs.ShouldBe(status.Runs);
        read.Code.ShouldBe(status.Code);
        read.Progress.Leaders.ShouldBe(status.Progress.Leaders);
        (read.Progress with { Leaders = status.Progress.Leaders }).ShouldBe(status.Progress);
    }

    [Fact]
    public void A_command_arrives_whole_and_is_not_copied_within_a_silo()
    {
        var order = new IssuedCommand(SessionCommand.Pause, "me", "lunch", "s", "COINUSDT", "t") { Id = "c-1" };
        Sent(order).ShouldBe(order);
        _services.GetRequiredService<DeepCopier>().Copy(order).ShouldBeSameAs(order);
    }
}
