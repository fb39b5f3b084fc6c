using Granary.Contracts.Models;
using Granary.Learning;
using Granary.Learning.Registry;
using Granary.Simulation.Json;

namespace Granary.Modelling.Learning;

/// <summary>Predictions of the server's registered models, and which versions are current.</summary>
public interface IModelService
{
    /// <summary>Predicts with a version.</summary>
    /// <param name="version">null = the current one.</param>
    /// <param name="rows">A list of objects with a number for each feature of the model.</param>
    /// <exception cref="LearningInputException">No such model or version, or it does not answer single rows.</exception>
    /// <exception cref="InputException">A row lacks a feature.</exception>
    Task<ModelAnswers> PredictAsync(string model, int? version, JsonPart rows, CancellationToken cancellationToken = default);

    /// <summary>Makes a version the current one.</summary>
    /// <exception cref="LearningInputException">No such model or version.</exception>
    Task<ModelPointer> PromoteAsync(string model, int version, CancellationToken cancellationToken = default);

    /// <summary>Makes the version before the current one current again.</summary>
    /// <exception cref="LearningInputException">There was none before.</exception>
    Task<ModelPointer> RollBackAsync(string model, CancellationToken cancellationToken = default);

    /// <summary>Returns how a model's versions do in use; null where the server does not follow that.</summary>
    /// <exception cref="LearningInputException">No such model.</exception>
    Task<ModelInUse?> FindUseAsync(string model, CancellationToken cancellationToken = default);
}
