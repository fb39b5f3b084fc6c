namespace Granary.Modelling.Learning;

/// <summary>What a model predicted of one sample, and what came.</summary>
/// <param name="Window">Of the walk-forward, from 1; 0 for the model of all samples.</param>
/// <param name="IsTest">Whether the model had not seen the sample.</param>
/// <param name="Time">Features known, UTC ticks.</param>
/// <param name="LabelTime">Label known, UTC ticks.</param>
/// <param name="Prediction">A probability of 1, or the expected label.</param>
/// <param name="Label">0 or 1, or a number.</param>
public readonly record struct PredictedSample(int Window, bool IsTest, long Time, long LabelTime, double Prediction, double Label);
