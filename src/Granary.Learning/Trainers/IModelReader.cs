namespace Granary.Learning.Trainers;

/// <summary>Reads models of every kind that the process knows.</summary>
public interface IModelReader
{
    /// <summary>Reads the model at the reader's position.</summary>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="LearningInputException">The model is of an unknown kind.</exception>
    ITrainedModel ReadModel(BinaryReader reader, string source);
}
