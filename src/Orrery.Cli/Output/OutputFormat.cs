namespace Orrery.Cli.Output;

/// <summary>What <c>--output</c> takes.</summary>
internal enum OutputFormat
{
    Table,
    Json,
    Yaml,
    Name,
}
