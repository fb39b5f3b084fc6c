namespace Granary.Modelling.Learning;

/// <summary>A model's prediction of one sample with the actual label.</summary>
/// <param name="Window">Walk-forward window, from 1; 0 for the model of all samples.</param>
/// <param name="IsTest">Whether the sample is out of sample for the model.</param>
/// <param name="Time">Time at which the features were known, UTC ticks.</param>
/// <param name="LabelTime">Time at which the label was known, UTC ticks.</param>
/// <param name="Prediction">Probability of class 1, or the expected label.</param>
/// <param name="Label">0 or 1 for classes, or a number.</param>
internal readonly record struct PredictedSample(int Window, bool IsTest, long Time, long LabelTime, double Prediction, double Label);
