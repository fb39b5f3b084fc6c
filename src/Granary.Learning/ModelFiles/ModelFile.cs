using System.Security.Cryptography;
using Granary.Learning.Linear;
using Granary.Learning.Neighbours;
using Granary.Learning.Networks;
using Granary.Learning.Series;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;

namespace Granary.Learning.ModelFiles;

/// <summary>
/// A model as bytes: "GRML", the format version, the head, the parameters as raw bits, and the SHA-256 of all that.
/// What is read back predicts the same bits.
/// </summary>
public static class ModelFile
{
    /// <summary>Raised whenever the layout changes; older ones stay readable, newer ones are refused.</summary>
    public const int FormatVersion = 1;

    private const uint Magic = 0x4C4D5247; // "GRML"
    private const int HashLength = 32;

    private static readonly Dictionary<string, Func<ModelHead, BinaryReader, ITrainedModel>> Readers = new(StringComparer.Ordinal)
    {
        [LinearModel.FormatName] = LinearModel.Read,
        [NaiveBayesModel.FormatName] = NaiveBayesModel.Read,
        [TreeEnsemble.FormatName] = TreeEnsemble.Read,
        [NearestNeighbourModel.FormatName] = NearestNeighbourModel.Read,
        [MultilayerPerceptron.FormatName] = MultilayerPerceptron.Read,
        [LstmNetwork.FormatName] = LstmNetwork.Read,
        [LinearFilterModel.FormatName] = LinearFilterModel.Read,
        [SelectedFeaturesModel.FormatName] = SelectedFeaturesModel.Read,
    };

    /// <summary>Adds the reader of a plug-in's models. Call it at start.</summary>
    public static void Add(string format, Func<ModelHead, BinaryReader, ITrainedModel> reader) => Readers[format] = reader;

    public static byte[] ToBytes(ITrainedModel model)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(FormatVersion);
        WriteModel(writer, model);
        writer.Flush();
        var hash = SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        writer.Write(hash);
        return stream.ToArray();
    }

    /// <exception cref="LearningInputException">Not a model, damaged, of a newer format or of an unknown kind; the message names <paramref name="source"/>.</exception>
    public static ITrainedModel FromBytes(byte[] bytes, string source)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        if (bytes.Length < 8 + HashLength || reader.ReadUInt32() != Magic)
            throw new LearningInputException($"{source} is not a Granary model: give the path of a model.bin that 'train' wrote");
        var version = reader.ReadInt32();
        if (version > FormatVersion)
            throw new LearningInputException($"{source} has model format {version}, and this program reads up to {FormatVersion}: update Granary or train the model again");
        if (!SHA256.HashData(bytes.AsSpan(0, bytes.Length - HashLength)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - HashLength)))
            throw new LearningInputException($"{source} is damaged (its checksum does not fit): restore it or roll back to another version");
        return ReadModel(reader, source);
    }

    internal static void WriteModel(BinaryWriter writer, ITrainedModel model)
    {
        writer.Write(model.Format);
        writer.Write(model.Trainer);
        writer.Write((byte)model.Task);
        writer.Write(model.Features.Count);
        foreach (var feature in model.Features) writer.Write(feature);
        model.Write(writer);
    }

    internal static ITrainedModel ReadModel(BinaryReader reader, string source)
    {
        var format = reader.ReadString();
        var trainer = reader.ReadString();
        var task = (LearningTask)reader.ReadByte();
        var features = new string[reader.ReadInt32()];
        for (var i = 0; i < features.Length; i++) features[i] = reader.ReadString();
        if (!Readers.TryGetValue(format, out var read))
            throw new LearningInputException($"{source} is a model of the kind '{format}' ({trainer}), whose library is not loaded here: use a host that has it, or train another");
        return read(new ModelHead(trainer, task, features), reader);
    }
}
