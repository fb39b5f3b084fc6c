using Granary.Contracts.Models;
using Granary.Engine;
using Granary.Learning.Registry;
using Granary.Simulation.Json;

namespace Granary.Modelling.Learning;

/// <summary>Predicts with the server's registered models and changes their current versions.</summary>
internal interface IModelService
{
    /// <summary>Predicts with one version of a model.</summary>
    /// <param name="version">Version number; null = the current one.</param>
    /// <param name="rows">A list of objects with a number for each feature of the model.</param>
    /// <exception cref="InputException">The model or version is unknown, or it cannot predict single rows.</exception>
    /// <exception cref="InputException">A row lacks a feature.</exception>
    Task<ModelAnswers> PredictAsync(string model, int? version, JsonPart rows, CancellationToken cancellationToken = default);

    /// <summary>Makes a version the current one.</summary>
    /// <exception cref="InputException">The model or version is unknown.</exception>
    Task<ModelPointer> PromoteAsync(string model, int version, CancellationToken cancellationToken = default);

    /// <summary>Makes the previously current version current again.</summary>
    /// <exception cref="InputException">There is no previous version.</exception>
    Task<ModelPointer> RollBackAsync(string model, CancellationToken cancellationToken = default);

    /// <summary>Returns live statistics of a model's versions; null if the server does not collect them.</summary>
    /// <exception cref="InputException">The model is unknown.</exception>
    Task<ModelInUse?> FindUseAsync(string model, CancellationToken cancellationToken = default);
}
