namespace Dashboard.EndToEnd.Tests;

/// <summary>The runbook's commands as they stand there, and for each of them what the product offers for what it means.</summary>
internal static class RunbookLines
{
    /// <summary>Every flyctl, migrate, deploy, rollback, backup, restore and health command in the order of the runbook, with those that it repeats; a line that it breaks is one here.</summary>
    private const string Copy = """
        # Daily checks
        curl -f https://dnd-tracker-production.fly.dev/api/health
        curl -f https://dnd-tracker-staging.fly.dev/api/health
        curl -f https://dnd-tracker-production.fly.dev/api/health/database
        curl -f https://dnd-tracker-production.fly.dev/api/health/migrations
        curl "https://dnd-tracker-production.fly.dev/api/monitoring/deployment?action=stats"
        # Weekly operations
        DEPLOY_ENV=staging ./scripts/backup-database.sh
        RESTORE_DRY_RUN=true BACKUP_PATH=/tmp/mongodb-backups/backup-staging-latest.gz ./scripts/restore-database.sh
        curl "https://dnd-tracker-production.fly.dev/api/monitoring/deployment?action=metrics&format=csv" > weekly-metrics.csv
        # Monthly operations
        flyctl logs -a dnd-tracker-production --since 30d | grep -i "error\|warn\|fail"
        BACKUP_PATH=/path/to/production-backup.gz TARGET_DB=staging-restore-test ./scripts/restore-database.sh
        # Deployment failure
        flyctl status -a dnd-tracker-production
        curl -f https://dnd-tracker-production.fly.dev/api/health
        flyctl logs -a dnd-tracker-production --since 1h
        curl "https://dnd-tracker-production.fly.dev/api/monitoring/deployment?action=stats"
        ROLLBACK_TYPE=auto ./scripts/rollback-deployment.sh
        curl -f https://dnd-tracker-production.fly.dev/api/health
        flyctl status -a dnd-tracker-production
        # Database issues
        curl -f https://dnd-tracker-production.fly.dev/api/health/database
        flyctl metrics -a dnd-tracker-production
        flyctl scale count 0 -a dnd-tracker-production
        DEPLOY_ENV=production ./scripts/backup-database.sh
        FORCE_RESTORE=true BACKUP_PATH=/path/to/last-good-backup.gz ./scripts/restore-database.sh
        flyctl scale count 2 -a dnd-tracker-production
        # Migration failures
        npm run migrate:status
        curl -f https://dnd-tracker-production.fly.dev/api/health/migrations
        ROLLBACK_TYPE=migration MIGRATION_STEPS=1 ./scripts/rollback-deployment.sh
        flyctl scale count 0 -a dnd-tracker-production
        FORCE_RESTORE=true BACKUP_PATH=/path/to/pre-migration-backup.gz ./scripts/restore-database.sh
        # Planned maintenance window
        DEPLOY_ENV=production ./scripts/backup-database.sh
        flyctl deploy --build-arg MAINTENANCE_MODE=true
        DEPLOY_ENV=production ./scripts/deploy-with-migrations.sh
        curl -f https://dnd-tracker-production.fly.dev/api/health
        curl -f https://dnd-tracker-production.fly.dev/api/health/database
        curl -f https://dnd-tracker-production.fly.dev/api/health/migrations
        flyctl deploy
        # Alert responses
        flyctl status -a dnd-tracker-production
        flyctl logs -a dnd-tracker-production --since 1h
        ROLLBACK_TYPE=app ./scripts/rollback-deployment.sh
        flyctl logs -a dnd-tracker-production --since 15m | grep -i error
        curl -f https://dnd-tracker-production.fly.dev/api/health
        flyctl scale count 4 -a dnd-tracker-production
        curl -f https://dnd-tracker-production.fly.dev/api/health/database
        """;

    private const string Deploy = "DEPLOY_IMAGE=dnd-tracker:1.1.0 ./scripts/deploy-with-migrations.sh";
    private const string BackUp = "DEPLOY_ENV=staging ./scripts/backup-database.sh";
    private const string Production = "--environment production --confirm production --reason 'The runbook says so'";

    /// <summary>Each once.</summary>
    public static IReadOnlyList<string> Commands { get; } = [.. Copy.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Distinct(StringComparer.Ordinal)];

    /// <summary>In the order of the runbook.</summary>
    public static IReadOnlyList<RunbookLine> All { get; } =
    [
        new("curl -f https://dnd-tracker-production.fly.dev/api/health", DashboardState.Up, [
            new("curl -f $PRODUCTION/api/health", "\"status\":\"ok\""),
            new("curl -f \"$DASHBOARD/api/health?environment=production\"", "\"database\":\"connected\"")]),
        new("curl -f https://dnd-tracker-staging.fly.dev/api/health", DashboardState.Up, [
            new("curl -f $STAGING/api/health", "\"status\":\"ok\""),
            new("curl -f \"$DASHBOARD/api/health?environment=staging\"", "\"database\":\"connected\"")]),
        new("curl -f https://dnd-tracker-production.fly.dev/api/health/database", DashboardState.Up, [
            new("curl -f $PRODUCTION/api/health/database", "\"queryTime\""),
            new("curl -f \"$DASHBOARD/api/health/database?environment=production\"", "\"queryTime\"")]),
        new("curl -f https://dnd-tracker-production.fly.dev/api/health/migrations", DashboardState.Up, [
            new("./scripts/dashboard migrate up --environment production --confirm production", "production"),
            new("curl -f $PRODUCTION/api/health/migrations", "\"pending\":0"),
            new("curl -f \"$DASHBOARD/api/health/migrations?environment=production\"", "\"pending\":0")]),
        new("curl \"https://dnd-tracker-production.fly.dev/api/monitoring/deployment?action=stats\"", DashboardState.Up, [
            new("curl -f \"$DASHBOARD/api/monitoring/deployment?action=stats\"", "\"successRate\"")]),
        new("DEPLOY_ENV=staging ./scripts/backup-database.sh", DashboardState.Down, [
            new("DEPLOY_ENV=staging ./scripts/backup-database.sh", "BACKUP_PATH=")]),
        new("RESTORE_DRY_RUN=true BACKUP_PATH=/tmp/mongodb-backups/backup-staging-latest.gz ./scripts/restore-database.sh", DashboardState.Down, [
            new(BackUp, "BACKUP_PATH="),
            new("RESTORE_DRY_RUN=true BACKUP_PATH=$BACKUPS/backup-staging-latest.gz ./scripts/restore-database.sh", "users")]),
        new("curl \"https://dnd-tracker-production.fly.dev/api/monitoring/deployment?action=metrics&format=csv\" > weekly-metrics.csv", DashboardState.Up, [
            new("curl -f \"$DASHBOARD/api/monitoring/deployment?action=metrics&format=csv\" > $FOLDER/weekly-metrics.csv && head -n 1 $FOLDER/weekly-metrics.csv", "timestamp,environment,deploymentId,phase,status,duration,error")]),
        new("flyctl logs -a dnd-tracker-production --since 30d | grep -i \"error\\|warn\\|fail\"", DashboardState.Up, [
            new("./scripts/dashboard logs --environment production --since 30d --level warning", "weeks ago it creaked")]),
        new("BACKUP_PATH=/path/to/production-backup.gz TARGET_DB=staging-restore-test ./scripts/restore-database.sh", DashboardState.Down, [
            new("DEPLOY_ENV=production ./scripts/backup-database.sh", "BACKUP_PATH="),
            new("BACKUP_PATH=$BACKUPS/backup-production-latest.gz TARGET_DB=$SCRATCH ./scripts/restore-database.sh", "$SCRATCH")]),
        new("flyctl status -a dnd-tracker-production", DashboardState.Up, [
            new("/environments/production", "dnd-tracker:1.0.0")]),
        new("flyctl logs -a dnd-tracker-production --since 1h", DashboardState.Up, [
            new("./scripts/dashboard logs --environment production --since 1h", "it goes")]),
        new("ROLLBACK_TYPE=auto ./scripts/rollback-deployment.sh", DashboardState.Down, [
            new(Deploy, "Staging runs 1.1.0"),
            new("ROLLBACK_TYPE=auto ./scripts/rollback-deployment.sh", "Staging is back at 1.0.0, which answers.")]),
        new("flyctl metrics -a dnd-tracker-production", DashboardState.Up, [
            new("curl -f $DASHBOARD/metrics", "environment=\"production\""),
            new("/environments/production", "estimated count of users")]),
        new("flyctl scale count 0 -a dnd-tracker-production", DashboardState.Down, [
            new("./scripts/dashboard run scale --environment production --machines 0 --plan", "stop-application stops them and keeps them"),
            new($"./scripts/dashboard run stop-application {Production}", "Production is stopped: its machines are kept"),
            new($"./scripts/dashboard run start-application {Production}", "Production")]),
        new("DEPLOY_ENV=production ./scripts/backup-database.sh", DashboardState.Down, [
            new("DEPLOY_ENV=production ./scripts/backup-database.sh", "BACKUP_PATH=")]),
        new("FORCE_RESTORE=true BACKUP_PATH=/path/to/last-good-backup.gz ./scripts/restore-database.sh", DashboardState.Down, [
            new(BackUp, "BACKUP_PATH="),
            new("FORCE_RESTORE=true BACKUP_PATH=$BACKUPS/backup-staging-latest.gz ./scripts/restore-database.sh", "undo-restore")]),
        new("flyctl scale count 2 -a dnd-tracker-production", DashboardState.Down, [
            new($"./scripts/dashboard run stop-application {Production}", "Production is stopped: its machines are kept"),
            new($"./scripts/dashboard run start-application {Production}", "Production"),
            new($"./scripts/dashboard run scale --machines 2 {Production}", "production has 2 machines")]),
        new("npm run migrate:status", DashboardState.Up, [
            new("./scripts/dashboard migrate status --environment production", "001")]),
        new("ROLLBACK_TYPE=migration MIGRATION_STEPS=1 ./scripts/rollback-deployment.sh", DashboardState.Down, [
            new("./scripts/dashboard migrate up --environment staging --confirm staging", "staging"),
            new("ROLLBACK_TYPE=migration MIGRATION_STEPS=1 ./scripts/rollback-deployment.sh", "003 was taken back; the version was left as it is."),
            new("./scripts/dashboard migrate status --environment staging", "003")]),
        new("FORCE_RESTORE=true BACKUP_PATH=/path/to/pre-migration-backup.gz ./scripts/restore-database.sh", DashboardState.Down, [
            new(BackUp, "BACKUP_PATH="),
            new("./scripts/dashboard migrate up --environment staging --confirm staging", "staging"),
            new("FORCE_RESTORE=true BACKUP_PATH=$BACKUPS/backup-staging-latest.gz ./scripts/restore-database.sh", "undo-restore")]),
        new("flyctl deploy --build-arg MAINTENANCE_MODE=true", DashboardState.Up, [
            new($"./scripts/dashboard run enter-maintenance {Production}", "Production is in maintenance"),
            new($"./scripts/dashboard run leave-maintenance {Production}", "Maintenance of Production is over")]),
        new("DEPLOY_ENV=production ./scripts/deploy-with-migrations.sh", DashboardState.Down, [
            new("DEPLOY_ENV=production ./scripts/deploy-with-migrations.sh", "Production runs 1.")]),
        new("flyctl deploy", DashboardState.Up, [
            new($"./scripts/dashboard run enter-maintenance {Production} --skip-backup true", "Production is in maintenance"),
            new($"./scripts/dashboard run leave-maintenance {Production}", "Maintenance of Production is over")]),
        new("ROLLBACK_TYPE=app ./scripts/rollback-deployment.sh", DashboardState.Down, [
            new($"{Deploy} staging false true", "Staging runs 1.1.0"),
            new("ROLLBACK_TYPE=app ./scripts/rollback-deployment.sh", "Staging is back at 1.0.0, which answers.")]),
        new("flyctl logs -a dnd-tracker-production --since 15m | grep -i error", DashboardState.Up, [
            new("./scripts/dashboard logs --environment production --since 15m --level error", "it broke")]),
        new("flyctl scale count 4 -a dnd-tracker-production", DashboardState.Down, [
            new($"./scripts/dashboard run scale --machines 4 {Production}", "production has 4 machines"),
            new($"./scripts/dashboard run scale --machines 2 {Production}", "production has 2 machines")]),
    ];
}

/// <param name="Command">As the runbook has it.</param>
/// <param name="Dashboard">Whether one runs meanwhile: what only reads is asked of it, what repairs has to do without.</param>
/// <param name="Steps">What is done for it here, with what it needs before and what puts it right after.</param>
internal sealed record RunbookLine(string Command, DashboardState Dashboard, IReadOnlyList<RunbookStep> Steps);

/// <param name="Does">A page, which begins with a slash, or a line for the shell.</param>
/// <param name="Says">What is read there afterwards.</param>
internal sealed record RunbookStep(string Does, string Says);

internal enum DashboardState
{
    Up,
    Down,
}
