using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Networks;

/// <inheritdoc cref="LstmTrainer"/>
[ModelKind(LstmNetwork.FormatName)]
internal sealed class LstmNetwork : NetworkModel
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
