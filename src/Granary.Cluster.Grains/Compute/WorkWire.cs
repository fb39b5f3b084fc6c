using Granary.Backtesting.WalkForward;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Modelling.Experiments;
using Granary.Simulation.Batches;
using Granary.Simulation.Work;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Converts items of work and their results to and from messages.</summary>
internal static class WorkWire
{
    public static WorkRequest Of(WorkItem item) => item switch
    {
        FitItem fit => new FitRequest(fit.Search, fit.Candidate, fit.Inner) { Key = fit.Key },
        ChoiceItem choice => new ChoiceRequest(choice.Window, choice.Group) { Key = choice.Key },
        _ => throw new NotSupportedException($"a {item.GetType().Name} cannot be sent to other silos"),
    };

    public static WorkItem Of(WorkRequest request) => request switch
    {
        FitRequest fit => new FitItem(fit.Search, fit.Candidate, fit.Inner, fit.Key),
        ChoiceRequest choice => new ChoiceItem(choice.Window, choice.Group, choice.Key),
        _ => throw new NotSupportedException($"a {request.GetType().Name} is not known"),
    };

    public static WorkAnswer Of(WorkResult result) => result switch
    {
        SearchFit fit => new FitAnswer(fit.Predicted, fit.Signals, fit.Error, fit.Model),
        ChosenInWindow window => new ChoiceAnswer([.. window.Choices.Select(Of)],
            [.. window.Models.Select(m => new WindowModelWire(m.File, [.. m.Strategies]))],
            [.. window.Missing.Select(m => new MissingModelWire(m.Model, m.Why))]),
        _ => throw new NotSupportedException($"a {result.GetType().Name} cannot be sent to other silos"),
    };

    public static WorkResult Of(WorkAnswer answer) => answer switch
    {
        FitAnswer fit => new SearchFit(fit.Predicted, fit.Signals, fit.Error) { Model = fit.Model },
        ChoiceAnswer choice => new ChosenInWindow([.. choice.Choices.Select(Of)])
        {
            Models = [.. choice.Models.Select(m => new WindowModel(m.File, m.Strategies))],
            Missing = [.. choice.Missing.Select(m => (m.Model, m.Why))],
        },
        _ => throw new NotSupportedException($"a {answer.GetType().Name} is not known"),
    };

    private static GroupChoiceWire Of(GroupChoice choice) => new(choice.Strategy, choice.InSample, choice.Trials,
        choice.Trial is { } trial ? Of(trial) : null, [.. choice.Tried.Select(Of)]);

    private static GroupChoice Of(GroupChoiceWire choice) => new(choice.Strategy, choice.InSample, choice.Trials)
    {
        Trial = choice.Trial is { } trial ? Of(trial) : null,
        Tried = [.. choice.Tried.Select(Of)],
    };

    private static PassTrial Of(PlannedTrial trial) => new(trial.Search, [.. trial.Point]);

    private static PlannedTrial Of(PassTrial trial) => new(trial.Search, trial.Point);
}
