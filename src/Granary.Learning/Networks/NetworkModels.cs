using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Networks;

/// <summary>Two hidden layers of rectified units on standardised features; several networks from different starts, averaged.</summary>
[Trainer("mlp", "Multilayer perceptron with two hidden layers, trained by Adam with early stopping; the mean of several.")]
public sealed class PerceptronTrainer(
    [Range(1, 1024)] int hidden1 = 32,
    [Range(0, 1024)] int hidden2 = 16,
    [Range(1, 100)] int members = 4,
    [Range(1, 100_000)] int epochs = 200,
    [Range(1, 100_000)] int batch = 128,
    [Range(1e-7, 1)] double learningRate = 0.001,
    [Range(0, 1e6)] double decay = 0.0001,
    [Range(1, 100_000)] int timeout = 10) : ITrainer
{
    public string Name => "mlp";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false, 40);
        int[] hidden = hidden2 > 0 ? [hidden1, hidden2] : [hidden1];
        var scaler = Standardiser.Fit(set);
        var (mean, scale) = NetworkFitter.LabelScale(set);
        var fitted = NetworkFitter.Fit(new PerceptronShape(set.Table.Width, hidden), set, scaler, 1, mean, scale,
            new NetworkSettings(members, epochs, batch, learningRate, decay, timeout), options);
        return new MultilayerPerceptron(new ModelHead(Name, set.Table.Task, set.Table.Features), hidden, scaler, fitted, mean, scale);
    }
}

/// <summary>Long short-term memory over the last rows of standardised features; several networks from different starts, averaged.</summary>
[Trainer("lstm", "Long short-term memory over the last rows, trained by Adam with early stopping; the mean of several.")]
public sealed class LstmTrainer(
    [Range(1, 256)] int hidden = 16,
    [Range(1, 256)] int rows = 8,
    [Range(1, 100)] int members = 2,
    [Range(1, 100_000)] int epochs = 40,
    [Range(1, 100_000)] int batch = 64,
    [Range(1e-7, 1)] double learningRate = 0.003,
    [Range(0, 1e6)] double decay = 0.001,
    [Range(1, 100_000)] int timeout = 6) : ITrainer
{
    public string Name => "lstm";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false, 40 + rows);
        if ((long)rows * set.Table.Width > 16_384)
            throw new LearningInputException($"lstm reads {rows} rows of {set.Table.Width} features at once, which is more than 16384 "
                + $"values: use fewer rows or select features");
        var scaler = Standardiser.Fit(set);
        var (mean, scale) = NetworkFitter.LabelScale(set);
        var fitted = NetworkFitter.Fit(new LstmShape(set.Table.Width, rows, hidden), set, scaler, rows, mean, scale,
            new NetworkSettings(members, epochs, batch, learningRate, decay, timeout), options);
        return new LstmNetwork(new ModelHead(Name, set.Table.Task, set.Table.Features), rows, hidden, scaler, fitted, mean, scale);
    }
}

/// <summary>The mean score of several networks of one shape, through a sigmoid for two classes.</summary>
public abstract class NetworkModel : TrainedModel
{
    private readonly NetworkShape _shape;
    private readonly Standardiser _scaler;
    private readonly double[][] _members;
    private readonly double _labelMean, _labelScale;

    private protected NetworkModel(ModelHead head, int rows, NetworkShape shape, Standardiser scaler, double[][] members, double labelMean,
        double labelScale) : base(head, rows)
    {
        _shape = shape;
        _scaler = scaler;
        _members = members;
        _labelMean = labelMean;
        _labelScale = labelScale;
    }

    public override void Write(BinaryWriter writer)
    {
        writer.WriteArray(_scaler.Mean);
        writer.WriteArray(_scaler.Scale);
        writer.Write(_labelMean);
        writer.Write(_labelScale);
        writer.Write(_members.Length);
        foreach (var member in _members) writer.WriteArray(member);
    }

    private protected static (Standardiser Scaler, double Mean, double Scale, double[][] Members) ReadParts(BinaryReader reader)
    {
        var scaler = Standardiser.From(reader.ReadArray(), reader.ReadArray());
        var (mean, scale) = (reader.ReadDouble(), reader.ReadDouble());
        var members = new double[reader.ReadInt32()][];
        for (var m = 0; m < members.Length; m++) members[m] = reader.ReadArray();
        return (scaler, mean, scale, members);
    }

    protected override double PredictFinite(ReadOnlySpan<double> input)
    {
        var width = Features.Count;
        Span<double> z = stackalloc double[input.Length];
        for (var at = 0; at < input.Length; at += width)
            for (var f = 0; f < width; f++)
                z[at + f] = Math.Clamp((input[at + f] - _scaler.Mean[f]) * _scaler.Scale[f], -NetworkFitter.Reach, NetworkFitter.Reach);
        Span<double> workspace = stackalloc double[_shape.ScoreWorkspace];
        var sum = 0.0;
        foreach (var member in _members) sum += _shape.Score(member, z, workspace);
        var score = sum / _members.Length;
        return Task == LearningTask.Classification ? PortableMath.Sigmoid(score) : score / _labelScale + _labelMean;
    }
}

/// <inheritdoc cref="PerceptronTrainer"/>
[ModelKind(MultilayerPerceptron.FormatName)]
public sealed class MultilayerPerceptron : NetworkModel
{
    public const string FormatName = "perceptron";

    private readonly int[] _hidden;

    internal MultilayerPerceptron(ModelHead head, int[] hidden, Standardiser scaler, double[][] members, double labelMean,
        double labelScale)
        : base(head, 1, new PerceptronShape(head.Features.Count, hidden), scaler, members, labelMean, labelScale) => _hidden = hidden;

    public override string Format => FormatName;

    public override void Write(BinaryWriter writer)
    {
        writer.WriteArray(_hidden);
        base.Write(writer);
    }

    public static MultilayerPerceptron Read(ModelHead head, BinaryReader reader)
    {
        var hidden = reader.ReadIntegers();
        var (scaler, mean, scale, members) = ReadParts(reader);
        return new MultilayerPerceptron(head, hidden, scaler, members, mean, scale);
    }
}

/// <inheritdoc cref="LstmTrainer"/>
[ModelKind(LstmNetwork.FormatName)]
public sealed class LstmNetwork : NetworkModel
{
    public const string FormatName = "lstm";

    private readonly int _rows, _hidden;

    internal LstmNetwork(ModelHead head, int rows, int hidden, Standardiser scaler, double[][] members, double labelMean, double labelScale)
        : base(head, rows, new LstmShape(head.Features.Count, rows, hidden), scaler, members, labelMean, labelScale)
    {
        _rows = rows;
        _hidden = hidden;
    }

    public override string Format => FormatName;

    public override void Write(BinaryWriter writer)
    {
        writer.Write(_rows);
        writer.Write(_hidden);
        base.Write(writer);
    }

    public static LstmNetwork Read(ModelHead head, BinaryReader reader)
    {
        var (rows, hidden) = (reader.ReadInt32(), reader.ReadInt32());
        var (scaler, mean, scale, members) = ReadParts(reader);
        return new LstmNetwork(head, rows, hidden, scaler, members, mean, scale);
    }
}
