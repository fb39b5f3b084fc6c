namespace Granary.Modelling.Experiments;

/// <summary>An outer window with the model and rule chosen for it.</summary>
/// <param name="TrainFrom">Time of the first sample of the training part, UTC.</param>
/// <param name="From">Time of the first test sample, UTC.</param>
/// <param name="To">Time at which the last test label was known, UTC.</param>
/// <param name="Model">The model chosen within the training part.</param>
/// <param name="Rule">The rule chosen with it.</param>
/// <param name="Inner">Fitness of the choice on the inner windows; null if undefined.</param>
internal sealed record SearchedWindow(DateTime TrainFrom, DateTime From, DateTime To, int TrainSamples, int TestSamples, int Signals,
    string Model, string Rule, double? Inner);
