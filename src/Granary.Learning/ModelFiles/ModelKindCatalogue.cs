using System.Reflection;
using System.Security.Cryptography;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.ModelFiles;

/// <summary>The known kinds of trained models, and the reader of their files.</summary>
public sealed class ModelKindCatalogue(CatalogueBuilder<ModelKind> builder) : Catalogue<ModelKind>(builder), IModelReader
{
    /// <summary>Granary's own kinds.</summary>
    public static ModelKindCatalogue BuiltIn { get; } = new(Of(typeof(ModelKindCatalogue).Assembly));

    /// <summary>Creates a builder with the kinds of some assemblies.</summary>
    /// <exception cref="ArgumentException">A name is already used, or a class has no deserialization method.</exception>
    public static CatalogueBuilder<ModelKind> Of(params IReadOnlyList<Assembly> assemblies)
    {
        var builder = new CatalogueBuilder<ModelKind>("model kind");
        foreach (var assembly in assemblies)
            builder.AddFrom<ModelKind, ModelKindAttribute>(assembly, (type, _) => ModelKind.Of(type));
        return builder;
    }

    /// <summary>Reads the output of <see cref="ModelFile.ToBytes"/>. The model's predictions are bit-identical.</summary>
    /// <exception cref="InputException">
    /// The bytes are not a model, are damaged, or have a newer format or an unknown kind; the message names <paramref name="source"/>.
    /// </exception>
    public ITrainedModel FromBytes(byte[] bytes, string source)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        if (bytes.Length < 8 + ModelFile.HashLength || reader.ReadUInt32() != ModelFile.Magic)
            throw new InputException($"{source} is not a Granary model: give the path of a model.bin that 'train' wrote");
        var version = reader.ReadInt32();
        if (version > ModelFile.FormatVersion)
            throw new InputException(
                $"{source} has model format {version}, and this program reads up to {ModelFile.FormatVersion}: "
                + "update Granary or train the model again");
        var content = bytes.AsSpan(0, bytes.Length - ModelFile.HashLength);
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length)))
            throw new InputException(
                $"{source} is damaged (its checksum does not fit): restore it or roll back to another version");
        return ReadModel(reader, source);
    }

    /// <inheritdoc/>
    public ITrainedModel ReadModel(BinaryReader reader, string source)
    {
        var format = reader.ReadString();
        var trainer = reader.ReadString();
        var task = (LearningTask)reader.ReadByte();
        var features = new string[reader.ReadInt32()];
        for (var i = 0; i < features.Length; i++) features[i] = reader.ReadString();
        if (!TryGet(format, out var kind))
            throw new InputException($"{source} is a model of the kind '{format}' ({trainer}), whose library is not loaded here: "
                + "use a host that has it, or train another");
        return kind.Read(new ModelHead(trainer, task, features), reader, this);
    }
}
