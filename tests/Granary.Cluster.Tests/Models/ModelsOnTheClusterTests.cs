using Granary.Application.Json;
using Granary.Cluster.Grains;
using Granary.Cluster.Models;
using Granary.Cluster.Tests.Fixtures;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Testing;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Models;

public sealed class ModelsOnTheClusterTests
{
    [Fact]
    public async Task A_model_predicts_with_the_version_in_use_remembers_over_a_lost_silo_and_wants_training_once_outcomes_drift()
    {
        var folder = Directory.CreateTempSubdirectory("granary-models-").FullName;
        try
        {
            double[] values = Values();
            var (registry, model) = Registered(folder, values);
            await using var cluster = await TestSilos.StartAsync(2);
            var grain = cluster.Grains.GetGrain<IModelGrain>(new ModelKey(folder, "gate").ToString());
            (await Should.ThrowAsync<InputException>(() => grain.PredictAsync("s1",
                [0.2, 0.1]))).Message.ShouldContain("no version of the model 'gate' is promoted");
            registry.Promote("gate", 1);
            (await grain.VersionsAsync()).Current.ShouldBe(1);

            var prediction = await grain.PredictAsync("s1", [0.2, 0.1]);
            prediction.Version.ShouldBe(1);
            prediction.Value.ShouldBe(model.Predict([0.2, 0.1]));
            (await grain.PredictAsync("s1", [9, 9])).Value.ShouldBe(prediction.Value, "a subject is predicted once");
            (await Should.ThrowAsync<InputException>(() => grain.PredictAsync("s2",
                [1]))).Message.ShouldContain("expects 2 numbers (a, b)");

            // Predictions are stored together, not one by one.
            (await grain.DriftAsync()).Predictions.ShouldBe(1);
            await Eventually.HoldsAsync(async () => (await grain.DriftAsync()).Unsaved == 0);
            var home = await cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
            await cluster.Cluster.KillSiloAsync(cluster.Alive.Single(s => s.SiloAddress.Equals(home)));
            var drift = await DriftAfterTheLossAsync(grain);
            drift.Open.ShouldBe(1, "what was predicted outlives the silo");

            // Outcomes as it learned them, then the other way round.
            for (var i = 0; i < 120; i++)
            {
                var x = new[] { values[2 * i], values[2 * i + 1] };
                await grain.PredictAsync($"t{i}", x);
                drift = await grain.ResolveAsync($"t{i}", i < 60 == x[0] > 0 ? 1 : 0);
                if (i == 59) (drift.Outcomes, drift.Predictions, drift.WantsTraining).ShouldBe((60, 61, false));
            }
            drift.Loss.ShouldBeGreaterThan(drift.Expected);
            drift.WantsTraining.ShouldBeTrue();
            var again = await grain.ResolveAsync("t5", 0);
            again.Outcomes.ShouldBe(drift.Outcomes, "an outcome that is reported twice counts once");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
    private static double[] Values()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble() - 0.5)];
    }

    private static (ModelRegistry Registry, ITrainedModel Model) Registered(string folder, double[] values)
    {
        var table = new TrainingTable(["a", "b"], values, [.. Enumerable.Range(0, 200).Select(i => values[2 * i] > 0 ? 1.0 : 0)]);
        var model = TrainerCatalogue.BuiltIn.Create("logistic", ("c", 1.0)).Train(table.Range(0, table.Count), new TrainingOptions());
        var registry = new ModelRegistry(new FileModelStore(folder), ModelKindCatalogue.BuiltIn);
        registry.Add("gate", model, new ModelLineage
        {
            DataHash = table.Hash(),
            Data = "SYN:1h",
            From = DateTime.UnixEpoch,
            To = DateTime.UnixEpoch.AddDays(1),
            Samples = 200,
            Features = table.Features,
            Label = "up",
            Trainer = "logistic",
            Seed = 1,
            InSample = new Dictionary<string, double>(),
            OutOfSample = new Dictionary<string, double> { ["logLoss"] = 0.3 },
            CreatedAt = DateTime.UnixEpoch.AddDays(2),
        });
        return (registry, model);
    }

    // Calls fail until the cluster has noticed the loss.
    private static async Task<ModelDrift> DriftAfterTheLossAsync(IModelGrain grain) => (await Eventually.IsAsync(async () =>
    {
        try
        {
            return await grain.DriftAsync();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return null;
        }
    }, drift => drift is not null))!;
}
