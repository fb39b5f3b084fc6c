using Granary.Engine;

namespace Granary.Learning.Trainers;

/// <summary>Deserializes models of all kinds that the process knows.</summary>
public interface IModelReader
{
    /// <summary>Reads the model at the reader's position.</summary>
    /// <param name="source">Name in messages.</param>
    /// <exception cref="InputException">The model is of an unknown kind.</exception>
    ITrainedModel ReadModel(BinaryReader reader, string source);
}
