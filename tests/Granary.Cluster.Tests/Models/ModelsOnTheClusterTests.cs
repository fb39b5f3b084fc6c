using System.Text;
using Granary.Cluster.Grains;
using Granary.Cluster.Models;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Models;
using Granary.Engine;
using Granary.Modelling.Learning;
using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Granary.Cluster.Tests.Models;

/// <summary>Silos predict with replicas of a model's versions; its grain counts, compares and decides.</summary>
public sealed class ModelsOnTheClusterTests
{
    private static readonly long s_start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private static Task<TestSilos> StartAsync(ModelFolder models, int silos, ModelCalls? calls = null,
        ModelDecisions decisions = ModelDecisions.Advise) => TestSilos.StartAsync(silos,
        s => s with { Models = Granary.Storage.Addresses.Address.Parse(models.Path), ModelDecisions = decisions },
        silo => silo.AddIncomingGrainCallFilter(calls ?? new ModelCalls()));

    private static IServiceProvider ServicesOf(TestSilos cluster, int silo) =>
        cluster.Cluster.GetSiloServiceProvider(cluster.Alive[silo].SiloAddress);

    private static IModelService ModelsOf(TestSilos cluster, int silo) => ServicesOf(cluster, silo).GetRequiredService<IModelService>();

    private static IModelGrain Grain(TestSilos cluster, ModelFolder models) =>
        cluster.Grains.GetGrain<IModelGrain>(new ModelKey(models.Path, "gate").ToString());

    private static JsonPart Rows(params double[][] rows) => JsonPart.Parse("rows", Encoding.UTF8.GetBytes("[" + string.Join(',',
        rows.Select(r => FormattableString.Invariant($"{{\"a\":{r[0]:R},\"b\":{r[1]:R}}}"))) + "]"));

    [Fact]
    public async Task A_prediction_calls_an_object_of_the_silo_and_no_grain()
    {
        using var models = new ModelFolder();
        var calls = new ModelCalls();
        await using var cluster = await StartAsync(models, 2, calls);
        var local = ModelsOf(cluster, 0);
        (await Should.ThrowAsync<InputException>(() => local.PredictAsync("gate", null, Rows([0.2, 0.1])))).Message
            .ShouldContain("no version of the model 'gate' is promoted");
        (await Should.ThrowAsync<InputException>(() => local.PredictAsync("gate", 3, Rows([0.2, 0.1])))).Message
            .ShouldContain("has no version 3; it has 1, 2");
        (await Should.ThrowAsync<InputException>(() => local.PredictAsync("other", 1, Rows([0.2, 0.1])))).Message
            .ShouldContain("there is no model 'other'");
        (await Should.ThrowAsync<InputException>(() => local.PredictAsync("a|b", 1, Rows([0.2, 0.1])))).Message
            .ShouldContain("cannot name a model");

        await local.PredictAsync("gate", 1, Rows([0.2, 0.1]));
        var before = calls.Made;
        for (var i = 0; i < 500; i++)
        {
            var (row, _) = models.Sample(i);
            var answer = await local.PredictAsync("gate", 1, Rows(row, [double.MaxValue / 4, 1]));
            answer.Number.ShouldBe(1);
            answer.Predictions[0].ShouldBe(models.First.Predict(row));
        }
        calls.Made.ShouldBe(before, "the version was loaded once");
        var use = (await local.FindUseAsync("gate"))!;
        use.Versions.Single(v => v.Version == 1).Predictions.ShouldBe(1001);

        // A promotion is in force at once where it was made, and on other silos within two seconds.
        (await local.PromoteAsync("gate", 2)).Current.ShouldBe(2);
        (await local.PredictAsync("gate", null, Rows([0.2, 0.1]))).Number.ShouldBe(2);
        await Eventually.HoldsAsync(async () => (await ModelsOf(cluster, 1).PredictAsync("gate", null, Rows([0.2, 0.1]))).Number == 2);
        await local.PromoteAsync("gate", 1);
        (await local.RollBackAsync("gate")).Current.ShouldBe(2);
    }

    [Fact]
    public async Task Reports_count_once_and_outlive_the_silo_of_the_grain()
    {
        using var models = new ModelFolder();
        models.Registry.Promote("gate", 1);
        await using var cluster = await StartAsync(models, 2);
        var grain = Grain(cluster, models);
        var report = new ModelReport("a", 1, [new PredictionCount(1, 7, 2)], [Event("s", 0, 0.7), Event("s", 5, 0.7, 1)]);
        await grain.ReportAsync(report);
        await grain.ReportAsync(report);
        // A session that was taken over replays its bars: the same events come from another silo, and a new one.
        await grain.ReportAsync(new ModelReport("b", 1, [], [Event("s", 0, 0.7), Event("s", 5, 0.7, 1), Event("s", 6, double.NaN),
            Event("other", 5, 0.7, 0)]));
        Check(await grain.UseAsync());
        await cluster.KillSiloOfAsync(grain);
        Check(await TestSilos.AfterLossAsync(() => grain.UseAsync()));
        await TestSilos.AfterLossAsync(async () =>
        {
            await grain.ReportAsync(report);
            return "taken";
        });
        Check(await grain.UseAsync());

        static void Check(ModelInUse use)
        {
            var version = use.Versions.Single(v => v.Version == 1);
            (version.Predictions, version.Failed, version.Outcomes).ShouldBe((9, 3, 2));
            use.Loss!.Value.ShouldBe((-Math.Log(0.7) - Math.Log(0.3)) / 2, 1e-12);
            use.Expected.ShouldBe(0.3);
            (use.HasDrifted, use.Decision.Action).ShouldBe((false, ModelAction.Keep));
        }
    }

    [Theory]
    [InlineData(ModelDecisions.Advise)]
    [InlineData(ModelDecisions.Apply)]
    internal async Task A_version_that_drifts_is_replaced_by_one_that_errs_less_on_the_same_outcomes(ModelDecisions decisions)
    {
        using var models = new ModelFolder();
        models.Registry.Promote("gate", 1);
        await using var cluster = await StartAsync(models, 1, decisions: decisions);
        var grain = Grain(cluster, models);

        // As the first version learned it: the second one is compared, and nothing follows.
        await TellAsync(grain, models, from: 0, count: 100, version: 1, asFirst: true);
        var quiet = await grain.UseAsync();
        (quiet.Current, quiet.HasDrifted, quiet.Decision.Action).ShouldBe((1, false, ModelAction.Keep));
        quiet.Versions.Single(v => v.Version == 2).Compared.ShouldBe(100);
        quiet.Versions.Single(v => v.Version == 2).Advantage!.Value.ShouldBeLessThan(0);

        // The other way round, until the second version is better over the outcomes of a look.
        await TellAsync(grain, models, from: 100, count: 412, version: 1, asFirst: false);
        if (decisions == ModelDecisions.Advise)
        {
            var use = await grain.UseAsync();
            (use.Current, use.HasDrifted, use.Decision.Action, use.Decision.Version).ShouldBe((1, true, ModelAction.Promote, (int?)2));
            use.Decision.Reason.ShouldContain("those of version 2 are smaller by");
            use.Decision.Reason.ShouldContain("on 512 of its outcomes");
            use.Loss!.Value.ShouldBeGreaterThan(use.Expected!.Value);
            return;
        }
        var replaced = await grain.UseAsync();
        (replaced.Current, replaced.HasDrifted, replaced.Outcomes).ShouldBe((2, false, 0));
        models.Registry.Pointer("gate").Current.ShouldBe(2);
        // Back again: the version before takes its place.
        await TellAsync(grain, models, from: 512, count: 100, version: 2, asFirst: false);
        await TellAsync(grain, models, from: 612, count: 412, version: 2, asFirst: true);
        var pointer = models.Registry.Pointer("gate");
        (pointer.Current, pointer.History.Count).ShouldBe((1, 0), "it was rolled back");
    }

    [Fact]
    public async Task A_version_that_drifts_without_a_better_one_wants_training()
    {
        using var models = new ModelFolder();
        models.Registry.Promote("gate", 2);
        await using var cluster = await StartAsync(models, 1, decisions: ModelDecisions.Apply);
        var grain = Grain(cluster, models);
        await TellAsync(grain, models, from: 0, count: 100, version: 2, asFirst: false);
        await TellAsync(grain, models, from: 100, count: 412, version: 2, asFirst: true);
        var use = await grain.UseAsync();
        (use.Current, use.HasDrifted, use.Decision.Action).ShouldBe((2, true, ModelAction.Train));
    }

    // Outcomes of predictions of the version, as a session reports them: as the first version learned it, or the other way round.
    private static async Task TellAsync(IModelGrain grain, ModelFolder models, int from, int count, int version, bool asFirst)
    {
        for (var at = from; at < from + count; at += 64)
        {
            var events = Enumerable.Range(at, Math.Min(64, from + count - at)).Select(i =>
            {
                var (row, label) = models.Sample(i);
                var predicted = (version == 1 ? models.First : models.Second).Predict(row);
                return new PredictionEvent(version, "s", $"o{i}", s_start + i, predicted, asFirst ? label : 1 - label, row);
            });
            await grain.ReportAsync(new ModelReport("a", at + 1, [], [.. events]));
        }
    }

    private static PredictionEvent Event(string source, int time, double predicted, double outcome = double.NaN) =>
        new(1, source, $"{(double.IsNaN(outcome) ? "prediction" : "outcome")}:{time}", s_start + time, predicted, outcome,
            double.IsNaN(outcome) ? [] : [0.2, 0.1]);
}
