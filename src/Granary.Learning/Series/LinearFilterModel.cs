using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Series;

/// <summary>
/// A forecast from a constant and a weighted sum of the known labels; the form of ARIMA and additive exponential smoothing.
/// </summary>
/// <param name="weights">Oldest label first.</param>
/// <param name="mean">The value for labels before the first.</param>
[ModelKind(LinearFilterModel.FormatName)]
internal sealed class LinearFilterModel(ModelHead head, double[] weights, double constant, double mean, string description) : ITrainedModel
{
    public const string FormatName = "filter";

    /// <summary>The number of labels that a forecast uses.</summary>
    public const int Memory = 200;

    public string Trainer => head.Trainer;

    public LearningTask Task => head.Task;

    public IReadOnlyList<string> Features => head.Features;

    public ModelInput Input { get; } = new(ModelInputKind.PastLabels, weights.Length);

    /// <summary>Orders and parameters, such as "ARIMA(1,0,1) …".</summary>
    public string Description => description;

    public string Format => FormatName;

    public double Predict(ReadOnlySpan<double> input)
    {
        if (input.Length != weights.Length)
            throw new ArgumentException($"{Trainer} looks back on {weights.Length} labels, not {input.Length}", nameof(input));
        var known = 0;
        while (known < input.Length && double.IsNaN(input[known])) known++;
        // Values before the first known label are assumed to equal it.
        var fill = known < input.Length ? input[known] : mean;
        var sum = constant + Dense.Dot(input[known..], weights.AsSpan(known));
        return known == 0 ? sum : sum + fill * Dense.Sum(weights.AsSpan(0, known));
    }

    public void Write(BinaryWriter writer)
    {
        writer.WriteArray(weights);
        writer.Write(constant);
        writer.Write(mean);
        writer.Write(description);
    }

    public static LinearFilterModel Read(ModelHead head, BinaryReader reader) =>
        new(head, reader.ReadArray(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadString());

    /// <summary>Determines the weights of a linear forecast by evaluating it with one non-zero label at a time.</summary>
    internal static LinearFilterModel From(ModelHead head, Func<double[], double> forecast, double mean, string description)
    {
        var past = new double[Memory];
        var constant = forecast(past);
        var weights = new double[Memory];
        for (var k = 0; k < Memory; k++)
        {
            past[k] = 1;
            weights[k] = forecast(past) - constant;
            past[k] = 0;
        }
        return new LinearFilterModel(head, weights, constant, mean, description);
    }
}
