namespace Granary.Testing;

/// <summary>Something that a test needs of the machine, on the attribute that marks the test, or on an attribute of a fixture.</summary>
internal interface IRequirement
{
    /// <summary>What is missing for the tests of this class, and how to get it; null where nothing is.</summary>
    string? Missing(Type testClass);
}
