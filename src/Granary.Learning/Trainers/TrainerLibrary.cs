using System.Reflection;
using Granary.Engine;

namespace Granary.Learning.Trainers;

/// <summary>A library of trainers that is loaded on demand, because its packages are large or may be missing.</summary>
/// <param name="Prefix">The prefix of their names, such as "mlnet-".</param>
/// <param name="Load">Returns the assembly, or throws a <see cref="InputException"/> with the missing package and the
/// remedy.</param>
internal sealed record TrainerLibrary(string Prefix, Func<Assembly> Load);
