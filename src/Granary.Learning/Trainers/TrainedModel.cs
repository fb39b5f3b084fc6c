using Granary.Learning.Numerics;
using Granary.Learning.Tables;

namespace Granary.Learning.Trainers;

/// <summary>What a model of any format says of itself.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="Features">The columns that it expects, in order.</param>
public sealed record ModelHead(string Trainer, LearningTask Task, IReadOnlyList<string> Features);

/// <summary>A model over finite features: checks the input once, for all of them in the same way.</summary>
public abstract class TrainedModel(ModelHead head, int rows = 1) : ITrainedModel
{
    private readonly int _length = head.Features.Count * rows;

    public ModelHead Head { get; } = head;

    public string Trainer => Head.Trainer;

    public LearningTask Task => Head.Task;

    public IReadOnlyList<string> Features => Head.Features;

    public ModelInput Input { get; } = new(ModelInputKind.Features, rows);

    public abstract string Format { get; }

    public double Predict(ReadOnlySpan<double> input)
    {
        if (input.Length != _length)
            throw new ArgumentException($"{Trainer} was trained on {_length} values ({string.Join(", ", Features)}), not {input.Length}",
                nameof(input));
        return Dense.AllFinite(input) ? PredictFinite(input) : double.NaN;
    }

    public abstract void Write(BinaryWriter writer);

    /// <summary>The prediction for an input of the right length without NaN or infinity.</summary>
    protected abstract double PredictFinite(ReadOnlySpan<double> input);
}
