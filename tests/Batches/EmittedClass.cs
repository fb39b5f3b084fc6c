
namespace Granary.Testing;

/// <summary>What is unusual about the class of an emitted plug-in.</summary>
/// <param name="Throws">Whether its constructors throw.</param>
/// <param name="Uses">A factor that its constructors declare.</param>
/// <param name="FailsOnBar">Whether it throws at its first bar.</param>
internal sealed record EmittedClass(bool IsStrategy = true, bool IsPublic = true, bool Throws = false, int Constructors = 1,
    string? Uses = null, bool FailsOnBar = false);
