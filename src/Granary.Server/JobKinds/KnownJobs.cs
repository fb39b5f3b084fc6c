using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;

namespace Granary.Server.JobKinds;

/// <summary>Granary's own kinds of jobs.</summary>
internal static class KnownJobs
{
    /// <param name="catalogues">The catalogues of the process, with the confinement of what callers name.</param>
    /// <param name="runs">The folder of the runs that jobs can refer to.</param>
    public static JobCatalogue Of(GranaryCatalogues catalogues, string runs) => new(catalogues,
    [
        new BacktestKind(),
        new ReplayKind(runs),
        new WalkForwardKind(),
        new OptimiseKind(),
        new ReinforceKind(),
        new LearningKind<TrainRequest>(ModelTask.Train, "Train the models of a batch, and register a version of each."),
        new LearningKind<LearningRequest>(ModelTask.Evaluate, "Run the strategies of a batch with their models and without."),
        new LearningKind<LearningRequest>(ModelTask.Experiment,
            "Compare trainers and labels on the windows of a batch's learning section."),
        new TrackKind(),
        new FactorStudyKind(),
        new VerifyKind(runs),
        new JudgeKind(runs),
        new CombineKind(runs),
        new ImportKind(),
        new ParityKind(),
    ]);
}
