using System.Globalization;
using System.Text;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Learning.Registry;
using Granary.Server.Jobs;
using Granary.Simulated.Kernel;
using Granary.Simulation.Validation;
using Granary.Storage.Files;

namespace Granary.Simulated.Servers;

/// <summary>
/// Runs simulated jobs: steps that take time and are stored, trials in the ledger, a model that is added and promoted, and a file of
/// results. It stands in for the batches, whose own scenario is another one.
/// </summary>
internal sealed class ServedRunner(SimulatedProcess process, Disk disk, TrialLedger ledger, ModelRegistry models, ServerModel model,
    Draws draws) : IJobRunner
{
    public async Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
        CancellationToken cancellationToken = default)
    {
        var wish = ((ServedJob)job).Wish;
        var steps = Path.Combine(folder, ".steps");
        var done = resume && disk.FileExists(steps) ? int.Parse(Encoding.ASCII.GetString(disk.ReadAllBytes(steps)),
            CultureInfo.InvariantCulture) : 0;
        for (; done < wish.Steps; done++)
        {
            progress(new JobProgress(wish.Steps, done, 0, done));
            await Task.Delay(draws.Between(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10)), process.Clock, cancellationToken)
                .ConfigureAwait(false);
            AtomicFile.Write(steps, Encoding.ASCII.GetBytes((done + 1).ToString(CultureInfo.InvariantCulture)), files: disk.Files);
        }
        if (wish.Fails) throw new InputException($"{wish.Name} is wrong");
        List<Trial> trials = [.. wish.Combinations.Select(c => new Trial(TrialLedger.HashOf($"{wish.DataSet} {c}"), 1, 2, 0.1, 1))];
        model.Tries(wish);
        var census = await TrialLedger.CountAsync(ledger, [new(wish.DataSet, trials)], cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        if (census.Fault is null) model.Tried(wish);
        await Task.Delay(TimeSpan.FromMilliseconds(draws.Between(1, 100)), process.Clock, cancellationToken).ConfigureAwait(false);
        Promote(wish);
        AtomicFile.Write(Path.Combine(folder, "results.json"), Encoding.UTF8.GetBytes(wish.Digest), files: disk.Files);
        return new JobOutcome(wish.Digest, 0, 1, wish.Steps, 0);
    }

    private void Promote(JobWish wish)
    {
        var bytes = Encoding.UTF8.GetBytes($"model of {wish.Name} at {process.Clock.GetUtcNow():O}" + new string('x', draws.Below(2000)));
        var name = "model-" + wish.Client;
        var version = models.Add(name, bytes, new ModelLineage
        {
            DataHash = wish.DataSet,
            Data = "BTC:1h",
            From = World.Start.UtcDateTime,
            To = World.Start.UtcDateTime,
            Samples = 1,
            Features = [],
            Label = "up",
            Trainer = "simulated",
            Seed = 1,
            InSample = new Dictionary<string, double>(),
            OutOfSample = new Dictionary<string, double>(),
            CreatedAt = process.Clock.GetUtcNow().UtcDateTime,
        });
        model.Added(name, version);
        model.Promotes(name, version.Number);
        models.Promote(name, version.Number);
        model.Promoted(name, version.Number);
    }
}
