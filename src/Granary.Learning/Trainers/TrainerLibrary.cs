using System.Reflection;

namespace Granary.Learning.Trainers;

/// <summary>Trainers that are loaded when one of them is needed, because their packages are large or may be missing.</summary>
/// <param name="Prefix">The beginning of all their names: "mlnet-".</param>
/// <param name="Load">Gives their assembly, or throws a <see cref="LearningInputException"/> that says what is missing and how to get
/// it.</param>
public sealed record TrainerLibrary(string Prefix, Func<Assembly> Load);
