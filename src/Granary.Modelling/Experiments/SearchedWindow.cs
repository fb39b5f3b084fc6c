namespace Granary.Modelling.Experiments;

/// <summary>An outer window, and what was chosen before it.</summary>
/// <param name="TrainFrom">The first sample that the choice and the fit knew, UTC.</param>
/// <param name="From">The first sample of the test, UTC.</param>
/// <param name="To">When its last label was known, UTC.</param>
/// <param name="Model">Chosen within the training part.</param>
/// <param name="Rule">Chosen with it.</param>
/// <param name="Inner">The fitness of the choice on the inner windows; null where it is not defined.</param>
public sealed record SearchedWindow(DateTime TrainFrom, DateTime From, DateTime To, int TrainSamples, int TestSamples, int Signals,
    string Model, string Rule, double? Inner);
