//! Clouds, clusters and containers.

use super::check;

const DESTRUCTIVE: &[&str] = &[
    "etcdctl --endpoints x del --prefix ''",
    "consul kv delete -recurse app",
    "nomad job stop -purge web",
    "mc rb --force play/x",
    "s3cmd del --recursive s3://x",
    "kops delete cluster shop --yes",
    "argocd app delete shop",
    "hub delete ann/shop",
    "ansible all -m shell -a 'rm -rf /srv'",
    "terraform destroy",
    "terraform destroy -auto-approve",
    "terraform -chdir=x destroy",
    "terraform apply -destroy -auto-approve",
    "tofu destroy",
    "pulumi destroy --yes",
    "aws s3 rm s3://bucket --recursive",
    "aws s3 rb s3://bucket --force",
    "aws ec2 terminate-instances --instance-ids i-1",
    "aws rds delete-db-instance --db-instance-identifier x",
    "aws --region eu-west-1 dynamodb delete-table --table-name x",
    "aws cloudformation delete-stack --stack-name x",
    "gcloud projects delete x",
    "gcloud compute instances delete x --quiet",
    "gcloud sql instances delete prod",
    "gsutil -m rm -r gs://b",
    "az group delete -n prod --yes",
    "az vm delete -g x -n y",
    "kubectl delete namespace prod",
    "kubectl delete ns prod",
    "kubectl delete ns/prod",
    "kubectl -n x delete deployment web",
    "kubectl delete pods --all",
    "kubectl delete -f k8s/",
    "kubectl delete pvc data",
    "kubectl delete all --all -n prod",
    "helm uninstall shop",
    "helm -n prod delete shop",
    "docker system prune -af",
    "docker volume rm data",
    "docker volume prune -f",
    "docker compose down -v",
    "docker-compose down --volumes",
    "docker rm -f $(docker ps -aq)",
    "docker ps -aq | xargs docker rm -f",
    "gh repo delete x/y --yes",
    "heroku apps:destroy --app x",
];

#[test]
fn destructive_commands_are_flagged() {
    check(true, DESTRUCTIVE);
}

const HARMLESS: &[&str] = &[
    "etcdctl del /a/b",
    "consul kv get app",
    "nomad job stop web",
    "mc rm play/x/y",
    "s3cmd ls",
    "kops delete cluster shop",
    "argocd app get shop",
    "aws s3 rb help",
    "ansible all -m shell -a 'ls /srv'",
    "terraform plan",
    "terraform plan -destroy",
    "terraform apply",
    "terraform destroy will remove everything you have.",
    "aws s3 ls",
    "aws s3 rm s3://bucket --recursive --dryrun",
    "aws s3 rm s3://bucket/one.txt",
    "aws s3 cp x s3://b",
    "aws ec2 terminate-instances --dry-run --instance-ids i-1",
    "aws ec2 describe-instances",
    "gcloud projects list",
    "az group list",
    "kubectl get namespaces",
    "kubectl delete pod web-1",
    "kubectl delete ns prod --dry-run=client",
    "kubectl apply -f x.yaml",
    "helm list",
    "helm uninstall shop --dry-run",
    "docker ps -a",
    "docker rm -f web",
    "docker compose down",
    "docker image ls",
    "docker system df",
    "INFO 2026-01-01 delete namespace requested by user",
];

#[test]
fn what_destroys_nothing_is_left_alone() {
    check(false, HARMLESS);
}
