namespace Granary.Architecture.Tests.Rules;

/// <summary>Where a word is banned.</summary>
public enum BannedWordScope
{
    /// <summary>In names of the code only: as an English word it is fine.</summary>
    Names,

    /// <summary>In comments, strings and documents only.</summary>
    Text,

    /// <summary>In names and in texts.</summary>
    All,
}
