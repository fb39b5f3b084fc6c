using System.Reflection;
using Granary.Learning.Trainers;

namespace Granary.Learning.ModelFiles;

/// <summary>Deserializes the models of one kind.</summary>
/// <param name="Type">The class of the models.</param>
/// <param name="Read">Creates a model from its header and its own bytes.</param>
public sealed record ModelKind(Type Type, Func<ModelHead, BinaryReader, IModelReader, ITrainedModel> Read)
{
    /// <summary>Returns the kind of a class with a <see cref="ModelKindAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The class has no deserialization method.</exception>
    public static ModelKind Of(Type type)
    {
        const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        if (type.GetMethod("Read", Static, [typeof(ModelHead), typeof(BinaryReader)]) is { } plain)
        {
            var read = plain.CreateDelegate<Func<ModelHead, BinaryReader, ITrainedModel>>();
            return new ModelKind(type, (head, reader, _) => read(head, reader));
        }
        return type.GetMethod("Read", Static, [typeof(ModelHead), typeof(BinaryReader), typeof(IModelReader)]) is { } nested
            ? new ModelKind(type, nested.CreateDelegate<Func<ModelHead, BinaryReader, IModelReader, ITrainedModel>>())
            : throw new ArgumentException(
                $"the model kind {type} has no static method Read(ModelHead, BinaryReader) that returns a model; add it");
    }
}
